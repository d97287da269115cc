"""The recipes that made facecluster/models/: one a model, each with its proof. See README.md."""
