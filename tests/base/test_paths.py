"""Names that no file can have are told, with the setting that has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.base.paths import check_path
from facecluster.errors import SettingsError

LIMIT = 255  # bytes of a name on the file systems of tests


@pytest.mark.skipif(os.name == "nt", reason="Windows has limits of its own")
@pytest.mark.parametrize(
    "name",
    ["x" * (LIMIT + 1), "x" * 5000, "Ψ" * 200, "new/" + "x" * 300, "x" * 300 + "/new", "y/" * 3000,
     "a\0b", "\0", "a\ud800b"],
)  # fmt: skip
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"`output\.folder`: ") as caught:
        check_path(tmp_path / name, "output.folder")
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)
    assert caught.value.field == "output.folder"
    str(caught.value).encode()  # it can be printed


@pytest.mark.parametrize("name", ["x" * LIMIT, "Grüße", "a b", "new/one", ".", "a\udc80b", " "])
def test_names_that_can_be(tmp_path: Path, name: str) -> None:
    check_path(tmp_path / name, "runs")
    check_path(None, "runs")
