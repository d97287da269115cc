"""The floor must be of the very decoder that the product uses."""

from __future__ import annotations

from pathlib import Path

import facecluster.reading as product
from benchmarks.speed import decode


def test_the_floor_decodes_as_the_product_does() -> None:
    for name in ("decode", "load", "DECODED_SIZE"):
        assert getattr(decode, name) is getattr(product, name)


def test_photos_that_cannot_be_read_cost_what_they_cost(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8nothing")
    assert decode.decode_all(tmp_path) >= 0
