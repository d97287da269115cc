"""The options that benchmarks on folders of photos share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path


def parser(about: str) -> argparse.ArgumentParser:
    """The options of every benchmark on folders of photos. about: a module's docstring."""
    made = argparse.ArgumentParser(description=about.splitlines()[0])
    made.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    made.add_argument("--json", type=Path, help="also write the rows here")
    return made


def chosen(folders: Iterable[Path], usual: Iterable[Path]) -> list[Path]:
    """The folders to measure, `usual` when none was named; ends the program when one is missing."""
    found = [path.resolve() for path in folders or usual]
    for path in found:
        if not path.is_dir():
            sys.exit(f"{path}: not there; name a folder of photos")
    return found
