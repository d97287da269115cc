"""facecluster: a folder of photos becomes a folder per person, on your own machine."""

import os

__version__ = "0.1.0"

# Published builds of ONNX Runtime report to their maker from the first session on, by default and
# on every system. The library reads this once, when it is loaded, and whatever of ours loads it has
# imported this package before. Held in tests/test_offline.py.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
