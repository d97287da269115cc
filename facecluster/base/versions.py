"""Which versions of other packages are installed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress

SUFFIX = ".dist-info"


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Package and version, in the order asked for.

    The names of the folders that installers leave (PEP 427, `name-version.dist-info`) say it; only
    where one is missing does importlib.metadata search, since it loads the parsers of e-mail, which
    takes longer than all else that is told of a run. Raises PackageNotFoundError.
    """
    missing = {_plain(package) for package in packages}
    found: dict[str, str] = {}
    for folder in sys.path:
        names: list[str] = []
        with suppress(OSError):
            names = os.listdir(folder or ".")
        for name in names:
            package, _, version = name.removesuffix(SUFFIX).partition("-")
            if name.endswith(SUFFIX) and version and _plain(package) in missing:
                found[_plain(package)] = version
        missing -= found.keys()
        if not missing:
            break
    return {package: found.get(_plain(package)) or _searched(package) for package in packages}


def _plain(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _searched(package: str) -> str:
    from importlib.metadata import version

    return version(package)
