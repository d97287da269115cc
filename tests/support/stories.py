"""What can happen to an album between two runs, for tests that break the second one off."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import run_here
from tests.support.kills import command

Folder = dict[str, bytes]
NAMES = ("first", "changes", "moves", "links", "symbolic")


@dataclass(frozen=True)
class Story:
    """before: the photos of an earlier run, none for a first one. after: the photos then.

    options: of the second run. meanwhile: what a user did to the output folder between the two.
    """

    before: Folder
    after: Folder
    options: tuple[str, ...] = ()
    meanwhile: Callable[[Path], object] | None = None

    def begin(self, root: Path, out: Path, models: object) -> None:
        """All that comes before the second run."""
        if self.before:
            _write(root, self.before)
            group(root, out, models)
            if self.meanwhile is not None:
                self.meanwhile(out)
        _write(root, self.after)


def group(root: Path, out: Path, models: object, *options: str) -> None:
    """A run as `kills.command` has it, in this process, with open models."""
    done = run_here(*command(root, out, *options)[3:], obj=models)
    assert done.exit_code == 0, done.stderr


@pytest.fixture(scope="module")
def stories(party_photos: Folder, astronaut: np.ndarray, hopper: np.ndarray) -> dict[str, Story]:
    """A story for each of NAMES: in the later ones the person with most photos is another then."""
    party = party_photos
    some = {f"eileen {i}.jpg": _shaded(astronaut, 0.7 + i / 20) for i in range(3)}
    others = {f"sub/grace {i}.jpg": _shaded(hopper, 0.7 + i / 20) for i in range(3)}
    changed = _without(party, "grace.jpg") | {
        "eileen.jpg": _shaded(astronaut, 0.9),
        "new.jpg": _shaded(hopper, 0.8),
    }
    return {
        "first": Story({}, party),
        "changes": Story(party, changed),
        "moves": Story(party | some, _without(party, "eileen.jpg") | others, (), _used),
        "links": Story(party | some, party | others, ("--link", "hardlink"), _used),
        "symbolic": Story(party, party | others, ("--link", "symlink")),
    }


def _shaded(picture: np.ndarray, share: float) -> bytes:
    from PIL import Image, ImageEnhance

    file = io.BytesIO()
    dark = ImageEnhance.Brightness(Image.fromarray(picture).reduce(2)).enhance(share)
    dark.save(file, "JPEG", quality=90)
    return file.getvalue()


def _without(photos: Folder, name: str) -> Folder:
    return {path: data for path, data in photos.items() if path != name}


def _used(out: Path) -> None:
    """What a user does: a file of their own beside each person's, and a copy that is edited."""
    for folder in sorted((out / "people").iterdir()):
        (folder / "mine.txt").write_text(f"of {folder.name}")
    (out / "people/person-001/eileen at night.jpg").write_bytes(b"edited")


def _write(root: Path, photos: Folder) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for path, data in photos.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        os.utime(root / path, ns=(10**18, 10**18 + len(data)))
