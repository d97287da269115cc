"""Where the benchmarks find pictures and pages, and where they keep what took long to make."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the checkout
DATA = ROOT.parent / "shared" / "data"  # the research pictures: lfw, pins44 and photos
LFW, PINS, PHOTOS = DATA / "lfw", DATA / "pins44", DATA / "photos"
DOCS = ROOT / "docs"
MODELS = ROOT / "facecluster" / "models"
CACHE = ROOT / ".cache"
KEPT_FACES = CACHE / "quality"  # faces that were read once; shared by all who group them
