"""facecluster: a folder of photos becomes a folder per person, on your own machine."""

__version__ = "0.1.0"
