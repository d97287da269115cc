"""Something else in the place of a folder of ours is told, and a pipe is not waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.errors import OutputError
from facecluster.output.folders.fixed import FOLDERS, check_fixed


@pytest.mark.parametrize("kind", ["file", "pipe"])
@pytest.mark.parametrize("name", FOLDERS)
def test_no_folder(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    if kind == "file":
        (tmp_path / name).write_bytes(b"mine")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / name)
    else:
        pytest.skip("no pipes there")
    with pytest.raises(OutputError, match=r"is not a folder: move it or use `output\.folder`"):
        check_fixed(tmp_path)
