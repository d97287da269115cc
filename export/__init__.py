"""The recipes that made facecluster/models/: one per model, each with its proof. See README.md."""
