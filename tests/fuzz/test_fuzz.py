"""The fuzzer itself: whole files are read, the same seed makes the same files, faults are seen."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.mutate import damaged
from tests.fuzz.run import fuzz
from tests.fuzz.target import Target
from tests.fuzz.targets import broken, targets
from tests.fuzz.worker import outcome, tried

TORCH = {"idx", "cifar", "weights", "checkpoint", "onnx"}
TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_whole_files_are_read(name: str, tmp_path: Path) -> None:
    if name in TORCH:
        pytest.importorskip("torch")
    target = TARGETS[name]
    ends = [
        tried(target, target.mend(seed, random.Random(0)), tmp_path / str(number))
        for number, seed in enumerate(target.seeds())
    ]
    assert ends == ["read"] * len(ends)


def test_the_same_seed_makes_the_same_files_and_another_one_others() -> None:
    target = TARGETS["pairs"]
    seeds = target.seeds()
    files = [damaged(target, seeds, 1, number) for number in range(40)]
    assert files == [damaged(target, seeds, 1, number) for number in range(40)]
    assert files != [damaged(target, seeds, 2, number) for number in range(40)]
    assert len({*files}) > 30


def test_every_end_is_told_apart(tmp_path: Path) -> None:
    def slow(path: Path) -> None:
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass

    def raises(path: Path) -> None:
        raise KeyError("x")

    assert outcome(slow, tmp_path) == "read"
    assert outcome(raises, tmp_path).startswith("FAULT KeyError: 'x' (")
    assert outcome(lambda path: TARGETS["pairs"].read(path / "none"), tmp_path) == "refused"


def test_faults_are_seen_and_the_files_behind_them_are_read() -> None:
    target, count = broken.TARGET, 6
    ends = [damaged(target, target.seeds(), 9, number) for number in range(count)]
    assert {*ends} == {*broken.ENDS}
    found = fuzz(target, seed=9, first=0, count=count, wall=3)
    assert sum(found.ends.values()) == count
    said = {b"fine": "", b"raises": "KeyError: 'x'", b"dies": "signal 11", b"hangs": "signal 9",
            b"large": "GB of memory"}  # fmt: skip
    for number, end in enumerate(ends):
        assert said[end] in found.faults.get(number, "")
        assert (end == b"fine") == (number not in found.faults)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--target", "nothing"])
    assert "known are jpeg, png" in capsys.readouterr().err


def test_more_than_three_thousand_pictures_and_a_thousand_others() -> None:
    pictures = {n: t.count for n, t in TARGETS.items() if t.file.startswith("photo.")}
    assert sum(pictures.values()) >= 2700  # HEIC and AVIF come with an extra
    assert sum(t.count for n, t in TARGETS.items() if n not in pictures) >= 1000


def test_a_target_has_a_name_of_its_own() -> None:
    assert all(isinstance(t, Target) and t.name == name for name, t in TARGETS.items())
