"""Does the built wheel work by itself? Run by `make wheel`; not collected by pytest.

Builds the wheel, installs it into an empty environment outside the checkout, makes the demo album
and groups it from another folder. Prints what it found, and exits 1 when the people are wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 2  # in the demo album


def run(*command: str | Path, cwd: Path, allowed: tuple[int, ...] = (0,)) -> str:
    """Standard output of a command; its exit code must be one of `allowed`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean, stdout=subprocess.PIPE, check=False
    )
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}")
    return done.stdout.decode()


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)
        run(sys.executable, ROOT / "examples" / "make_album.py", folder / "Album", cwd=folder)
        # 3: one file of the album is broken on purpose.
        command = (python, "-m", "facecluster", "group", folder / "Album", "--json")
        report = json.loads(run(*command, cwd=folder, allowed=(3,)))
        ask = "import importlib.util as u; print(u.find_spec('torch'))"
        torch = run(python, "-c", ask, cwd=folder)
        size = wheel.stat().st_size / 1e6
    people = [person["photo_count"] for person in report["people"]]
    print(f"{wheel.name} ({size:.1f} MB) alone: people in {people} photos; torch: {torch.strip()}")
    return int(len(people) != PEOPLE or torch.strip() != "None")


if __name__ == "__main__":
    sys.exit(main())
