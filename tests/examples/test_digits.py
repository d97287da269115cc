"""The training example runs as written, and prints what it found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "digits.py"


def run(*arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import runpy, sys; {before}sys.argv = ['digits.py', *{arguments!r}]; "
    return subprocess.run(
        [sys.executable, "-c", f"{code}runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_epochs_tell_held_out_digits_apart(tmp_path: Path) -> None:
    done = run("--epochs", "2", "--runs", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    epochs = re.findall(r"^epoch (\d): loss", done.stdout, re.MULTILINE)
    assert epochs == ["1", "2"]
    found = re.search(r"1-NN accuracy on (\d+) held-out digits: (0\.\d+|1\.0+)", done.stdout)
    assert found is not None
    assert int(found[1]) > 200
    assert float(found[2]) > 0.9, "raw pixels reach 0.98, chance 0.14"
    line = re.compile(r"^(\d)/\d_\d+: (\d)/\d_\d+ \(\d\.\d{3}\), ", re.MULTILINE)
    neighbours = line.findall(done.stdout)
    assert len(neighbours) == 3
    picture = Path(done.stdout.split("in two dimensions: ")[1].strip())
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.is_relative_to(tmp_path)


def test_a_setting_that_makes_no_sense_is_one_sentence(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("in the way")
    done = run("--epochs", "1", "--runs", str(taken))
    assert done.returncode == 1
    assert "Error: " in done.stdout.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_without_pytorch_it_says_what_to_install() -> None:
    done = run(before="sys.modules['torch'] = None; ")
    assert done.returncode == 1
    assert done.stderr == "This needs torch: pip install 'facecluster[train]'\n"
