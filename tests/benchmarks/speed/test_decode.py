"""The floor must be of the very decoder that the product uses."""

from __future__ import annotations

from pathlib import Path

import facecluster.reading as product
from benchmarks.speed import decode
from facecluster.guard import guard
from facecluster.photos import read


def test_the_floor_decodes_as_the_product_does() -> None:
    """Which opens a photo and then decodes it, as `decode` does in one call."""
    assert decode.DECODED_SIZE is product.DECODED_SIZE
    assert decode.load is guard.load
    assert decode.decode is read.decode
    for half in ("open_photo", "decode_opened"):
        assert getattr(guard, half) is getattr(read, half)


def test_photos_that_cannot_be_read_cost_what_they_cost(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8nothing")
    assert decode.decode_all(tmp_path) >= 0
