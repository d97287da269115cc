"""face-grouper, which users would otherwise take, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common.process import Used, measured_apart
from benchmarks.speed.judge import Truth, judge_photos

# dlib-bin is dlib compiled; it is called otherwise, so those that ask for dlib come without their
# requirements. What they need of the rest stands below; pkg_resources left setuptools with 81.
WITHOUT_REQUIREMENTS = (
    "face-grouper==0.5.0",
    "face-recognition==1.3.0",
    "face-recognition-models==0.3.0",
    "dlib-bin>=19.24",
)
REQUIREMENTS = ("click", "numpy", "pillow", "rich", "scikit-learn", "setuptools<81")
ANY_SOURCE = "face-recognition-models"  # Python and models only: nothing to compile


class PeerError(Exception):
    """Why the peer takes no part, as one sentence."""


def install(home: Path) -> Path:
    """The peer's command, from PyPI where `home` (a virtual environment) does not hold it yet."""
    folder = home / ("Scripts" if os.name == "nt" else "bin")
    command = folder / ("face-grouper.exe" if os.name == "nt" else "face-grouper")
    done = home / "complete"
    if done.is_file() and command.is_file():
        return command
    print(f"installing face-grouper into {home}", file=sys.stderr, flush=True)
    pip = [str(folder / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels = ["--only-binary", ":all:", "--no-binary", ANY_SOURCE]
    for step in (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [*pip, "install", *REQUIREMENTS, *wheels],
        [*pip, "install", "--no-deps", *WITHOUT_REQUIREMENTS, *wheels],
    ):
        try:
            subprocess.run(step, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except (OSError, subprocess.CalledProcessError) as error:
            said = (getattr(error, "stderr", None) or str(error).encode()).decode(errors="replace")
            raise PeerError(
                f"cannot be installed: {(said.strip() or 'no reason')[-300:]}"
            ) from error
    done.touch()
    return command


def checked(command: Path) -> Path:
    """The command, if it starts. Raises PeerError."""
    try:
        subprocess.run([command, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PeerError(f"{command} does not start: {error}") from error
    return command


def peer_group(
    command: Path, photos: Path, space: Path, truth: Truth | None
) -> tuple[Used, dict[str, object] | None]:
    """One run with its defaults; what it took, and how right it was where that is known.

    space: the folder in which its results lie until they are judged. Raises PeerError.
    """
    with tempfile.TemporaryDirectory(dir=space) as out:
        # Its packages warn of their own age at every start.
        quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
        try:
            used = measured_apart([str(command), "group", str(photos), "-o", out], (0,), quiet)
        except subprocess.CalledProcessError as error:
            raise PeerError(f"ended with exit code {error.returncode}") from error
        people = [f for f in sorted(Path(out).iterdir()) if f.is_dir() and f.name != "unknown"]
        return used, judge_photos(people, truth) if truth else None
