"""Sizes as people write them."""

from __future__ import annotations

import click
import pytest

from facecluster.cli.common.options import Size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GB", 2 * 10**9),
        ("500MB", 500 * 10**6),
        ("500 mb", 500 * 10**6),
        ("1.5G", 1_500_000_000),
        ("2GiB", 2 << 30),
        ("64kib", 64 << 10),
        ("7", 7),
        (" 12b ", 12),
        ("1TB", 10**12),
        (4_000_000, 4_000_000),  # from a settings file
    ],
)
def test_sizes(text: object, size: int) -> None:
    assert Size().convert(text, None, None) == size


@pytest.mark.parametrize(
    "text", ["", "GB", "-2GB", "2 apples", "1e9", "2i", "2..5GB", "nan", "inf", "9" * 400, "2GBGB"]
)
def test_no_sizes(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a size; give one such as 2GB or 500MB"):
        Size().convert(text, None, None)
