"""What takes the place of what: `os.replace`, watched or made to fail, by whole paths."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def on_replace(
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[Path, Path], object] | None = None,
    after: Callable[[Path, Path], object] | None = None,
) -> None:
    """Call these with source and target around each replacement; what they raise goes on."""
    plain = os.replace

    def replace(source: Any, target: Any, **handles: int | None) -> None:
        whole = (
            _whole(source, handles.get("src_dir_fd")),
            _whole(target, handles.get("dst_dir_fd")),
        )
        if before is not None:
            before(*whole)
        plain(source, target, **handles)
        if after is not None:
            after(*whole)

    monkeypatch.setattr(os, "replace", replace)


def _whole(name: Any, folder: int | None) -> Path:
    return Path(name) if folder is None else Path(_path_of(folder), name)


def _path_of(handle: int) -> str:
    if os.path.exists("/proc/self/fd"):
        return os.readlink(f"/proc/self/fd/{handle}")
    import fcntl

    path = fcntl.fcntl(handle, 50, bytes(1024))  # F_GETPATH of macOS
    return os.fsdecode(path.rstrip(b"\0"))
