"""Folders that may not be listed, for whoever runs the tests: for root rights count for nothing."""

from __future__ import annotations

import os

import pytest


class Locks:
    """Folders that are called `name` cannot be listed; none of them while it is empty."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str = "") -> None:
        self.name = name
        self._listing = os.scandir
        monkeypatch.setattr(os, "scandir", self._scandir)

    def _scandir(self, path: str | int = ".") -> object:
        if self.name and isinstance(path, str) and os.path.basename(path) == self.name:
            raise PermissionError(13, "Permission denied", path)
        return self._listing(path)
