"""Results that cannot be printed, streams that are closed, and what must never be printed raw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.common.terminal import plain_json
from tests.support.commands import Run, process

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs a disk that is always full")
# Letters that steer a terminal, turn the direction of text, or are not to be seen.
UNSEEN = "\x7f\x85\x9b31m\u200b\u200e\u202e\u2066\u2028\ufeff\U000e0041"
# A library that warns while photos are looked for.
NOISY = """
import os, warnings
plain = os.scandir
def scandir(*place):
    warnings.warn("invalid value encountered", RuntimeWarning, stacklevel=2)
    warnings.warn("will change in a future version", FutureWarning, stacklevel=2)
    return plain(*place)
os.scandir = scandir
from facecluster.cli.main import main
main()
"""


@needs_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "command", ["--help", "--version", "group --help", "completion bash", "model show --json"]
)
def test_a_full_disk_is_named_as_what_it_is(command: str, unbuffered: str) -> None:
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with FULL.open("w") as full:
        done = process(*command.split(), stdout=full.fileno(), env=environment)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: standard output cannot be written (No space left on device); make room there, or "
        "print to another place\n"
    )


@needs_full
@pytest.mark.parametrize("options", [[], ["--json"], ["--verbose"]], ids=str)
def test_results_are_there_though_they_cannot_be_printed(party: Path, options: list[str]) -> None:
    with FULL.open("w") as full:
        done = process("group", party, *options, stdout=full.fileno())
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "fault" not in done.stderr
    assert "No space left on device" in done.stderr
    assert (party.with_name("party-people") / "report.html").is_file()


@needs_full
def test_no_room_for_errors_either(party: Path) -> None:
    command = [sys.executable, "-m", "facecluster", "group", str(party), "--out", str(party)]
    with FULL.open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=full, check=False, timeout=60)
    assert done.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of POSIX")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed(party: Path, closed: str) -> None:
    """No file of ours gets the number of one, so nothing is printed into it."""
    command = ["sh", "-c", f'exec "$0" "$@" {closed}', sys.executable, "-m", "facecluster"]
    done = subprocess.run(
        [*command, "group", str(party)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("2 people" in done.stdout) == (closed[0] != ">")
    out = party.with_name("party-people")
    assert json.loads((out / "report.json").read_bytes())["summary"]["people"] == 2
    again = process("group", party)
    assert again.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="a name cannot be that long there")
def test_what_the_system_refuses_is_no_fault_of_ours(run: Run, party: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/x")

    result = run("group", party, obj=fail)
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: /tmp/x: the system says 'No space left on device'; mend that and run the same "
        "command again.\n"
    )


def noise(party: Path, *options: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", NOISY, "group", str(party), "--link=none", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | environment,
    )
    assert done.returncode == 0
    assert "2 people" in done.stdout
    return done.stderr


def test_warnings_of_libraries_are_for_those_who_ask(party: Path) -> None:
    assert noise(party) == ""
    for shown in (noise(party, "--debug"), noise(party, PYTHONWARNINGS="default")):
        assert "RuntimeWarning: invalid value encountered" in shown
        assert "FutureWarning" in shown


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_json_shows_nothing_that_a_terminal_obeys(run: Run, party: Path) -> None:
    (party / f"{UNSEEN}.jpg").write_bytes(b"no photo")
    (party / f"Zoë 😀{UNSEEN}").mkdir()
    (party / "sea.jpg").rename(party / f"Zoë 😀{UNSEEN}" / "sea.jpg")
    result = run("group", party, "--json")
    assert result.exit_code == 3
    assert seen(result.stdout)
    assert seen(result.stderr)
    assert "Zoë 😀" in result.stdout
    report = party.with_name("party-people") / "report.json"
    assert json.loads(result.stdout) == json.loads(report.read_bytes())
    assert f"{UNSEEN}.jpg" in [photo["path"] for photo in json.loads(result.stdout)["photos"]]
    plain = run("group", party, "--verbose")
    assert seen(plain.stdout + plain.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ("group", ".", f"a{UNSEEN}\x1b[31m"),
        ("group", f"a{UNSEEN}\x1b[31m"),
        ("group", ".", f"--a{UNSEEN}\x1b[31m"),
        ("group", ".", "--method", f"a{UNSEEN}\x1b[31m"),
        (f"a{UNSEEN}\x1b[31m",),
        (f"--a{UNSEEN}\x1b[31m",),
    ],
    ids=lambda given: "-".join(part[:5] for part in given),
)
def test_usage_errors_quote_no_such_letter(arguments: tuple[str, ...]) -> None:
    done = process(*arguments)
    assert done.returncode == 2
    assert seen(done.stderr)


def seen(text: str) -> bool:
    """Whether a terminal shows it letter by letter, and does nothing else."""
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") for c in text if c != "\n")


@given(value=st.dictionaries(st.text(), st.text(st.characters(exclude_categories=["Cs"]))))
def test_escaped_json_means_the_same(value: dict[str, str]) -> None:
    document = json.dumps(value, ensure_ascii=False, indent=1).encode()
    escaped = plain_json(document)
    assert json.loads(escaped) == value
    assert seen(escaped.decode())
    assert plain_json(escaped) == escaped
