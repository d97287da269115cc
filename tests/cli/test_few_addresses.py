"""`ulimit -v`: the run works with fewer threads, or one sentence says what it needs."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster.cli.common.opener import ADDRESSES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep it")
# Libraries that are built otherwise take more; what counts is that it works or is said.
ENOUGH = int(1.6 * ADDRESSES) // 1024


def limited(kib: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = shlex.join([sys.executable, "-m", "facecluster", *map(str, arguments)])
    script = f"ulimit -v {kib}; exec {command}"
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )


def test_a_run_works_with_little_more_than_it_needs(party: Path, tmp_path: Path) -> None:
    done = limited(ENOUGH, "group", party, "--json", "--threads", 8)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["summary"]["people"] == 2


@pytest.mark.parametrize("kib", [150_000, 400_000, ADDRESSES // 1024 - 1])
def test_with_less_it_says_what_it_needs(kib: int, party: Path) -> None:
    done = limited(kib, "group", party)
    assert done.returncode == 1
    assert re.fullmatch(
        r"Error: facecluster needs about \d+ MB of address space and may have \d+ MB; "
        r"raise the limit, as with `ulimit -v \d+`\n",
        done.stderr,
    )
    assert not party.with_name("party-people").exists()


@pytest.mark.parametrize("kib", [ADDRESSES // 1024 + 1, int(1.05 * ADDRESSES) // 1024])
def test_in_between_it_works_or_says_so(kib: int, party: Path) -> None:
    """What libraries take is not the same everywhere, so that either is right, and nothing else."""
    done = limited(kib, "group", party, "-q")
    assert done.returncode in (0, 1)
    if done.returncode:
        assert "address space" in done.stderr
        assert done.stderr.count("\n") == 1
    assert "fault" not in done.stderr


def test_help_needs_next_to_nothing(party: Path) -> None:
    assert limited(150_000, "group", "--help").returncode == 0


def test_other_commands_say_it_too(party: Path) -> None:
    photo = party / "both.jpg"
    done = limited(300_000, "compare", photo, photo)
    assert done.returncode == 1
    assert re.fullmatch("Error: .* of address space .*\n", done.stderr)
