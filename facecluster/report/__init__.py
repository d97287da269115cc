"""The result of a run: its types, how it is made, and its form as JSON."""
