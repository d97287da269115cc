"""Whether an output folder is whole: every part by itself, and each with the others."""
