"""Packages that only some commands need, and one sentence for those who lack them."""

from __future__ import annotations

from importlib.util import find_spec

from facecluster.errors import FaceclusterError

EXTRA = {"torch": "PyTorch"}  # import name to the name that people know


def need(*packages: str) -> None:
    """Raise FaceclusterError when one of the packages (import names) is not installed."""
    missing = [EXTRA.get(name, name) for name in packages if find_spec(name) is None]
    if missing:
        raise FaceclusterError(
            f"this needs {' and '.join(missing)}: pip install 'facecluster[train]'"
        )
