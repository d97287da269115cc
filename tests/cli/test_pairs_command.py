"""facecluster pairs: a list of verification pairs from any set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from facecluster.evaluate.verification.pair_lists import read_pairs, resolve

Run = Callable[..., Result]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Five classes of eight files that hold no picture: pairs do not open them."""
    for label in "abcde":
        for number in range(8):
            file = tmp_path / "set" / label / f"{label}_{number:04d}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"")
    return tmp_path / "set"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_writes_a_list_here(run: Run, dataset: Path, tmp_path: Path) -> None:
    result = run("pairs", "set", "--folds", 4, "--same", 20)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "pairs.txt: 4 folds of 20 same and 20 different pairs each, 40 pictures of 5 classes.\n"
    )
    assert result.stderr == ""
    pairs = read_pairs(tmp_path / "pairs.txt")
    assert len(pairs) == 160
    assert pairs.same.sum() == 80
    assert resolve(pairs, dataset).first == pairs.first


def test_fewer_where_the_set_has_fewer(run: Run, dataset: Path) -> None:
    result = run("pairs", "set")
    assert "10 folds of 14 same and 14 different pairs each" in result.stdout
    assert "too few pictures for 10 folds of 300 same and 300 different" in result.stderr


def test_kinds_of_their_own_number(run: Run, dataset: Path, tmp_path: Path) -> None:
    result = run("pairs", "set", "--folds", 2, "--same", 5, "--different", 30, "--json")
    assert json.loads(result.stdout) == {
        "file": "pairs.txt",
        "folds": 2,
        "same": 5,
        "different": 30,
        "pictures": 38,
        "classes": 5,
        "seed": 0,
    }
    assert (tmp_path / "pairs.txt").read_text().startswith("2\t5\t30\n")


def test_the_seed_decides(run: Run, dataset: Path, tmp_path: Path) -> None:
    lists = []
    for seed in (1, 1, 2):
        run("pairs", "set", "--same", 3, "--seed", seed, "--force", "-q")
        lists.append((tmp_path / "pairs.txt").read_text())
    assert lists[0] == lists[1] != lists[2]


def test_a_list_that_is_there_is_not_replaced(run: Run, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text("precious")
    result = run("pairs", "set")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: pairs.txt: is there already; --force replaces it")
    assert (tmp_path / "pairs.txt").read_text() == "precious"
    assert run("pairs", "set", "--force").exit_code == 0
    assert len(read_pairs(tmp_path / "pairs.txt")) > 2


def test_digits_have_pairs_too(run: Run, tmp_path: Path) -> None:
    result = run("pairs", "digits", "-o", "lists/digits.txt")
    assert "10 folds of 300 same and 300 different" in result.stdout
    assert len(read_pairs(tmp_path / "lists" / "digits.txt")) == 6000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 2, "nowhere: there is no such folder"),
        (("set/a",), 2, "lie directly in it"),
        (("set", "--folds", 0), 2, "0 is not in the range"),
        (("set", "--same", "many"), 2, "'many' is not a valid integer"),
        (("set", "-o", "set"), 2, "'set' is a directory"),
        (("set", "-o", "set/a/a_0001.jpg/x"), 1, "a file is in the way"),
    ],
)
def test_bad_input(run: Run, dataset: Path, arguments: tuple[object, ...], code: int,
                   said: str) -> None:  # fmt: skip
    result = run("pairs", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_too_few_pictures(run: Run, tmp_path: Path) -> None:
    for name in ("a/1.jpg", "b/1.jpg", "b/2.jpg"):
        (tmp_path / "few" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "few" / name).write_bytes(b"")
    result = run("pairs", "few")
    assert result.exit_code == 1
    assert "too few pictures to draw pairs from" in result.stderr


def test_hostile_names_cannot_speak_to_the_terminal(run: Run, tmp_path: Path) -> None:
    for label in ("\x1b[31m", "b", "c"):
        for name in ("1.jpg", "2.jpg", "new\nline.jpg"):
            (tmp_path / "set" / label / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / label / name).write_bytes(b"")
    result = run("pairs", "set", "-o", "\x1b[2Jlist.txt")
    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stdout
    assert "4 pictures of 2 classes" in result.stdout  # the odd names are left out


@pytest.mark.realdata
def test_pairs_of_cifar(run: Run, shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "cifar10" / "test"
    result = run("pairs", folder)
    assert "10 folds of 300 same and 300 different pairs each" in result.stdout
    resolve(read_pairs(tmp_path / "pairs.txt"), folder)
    assert run("pairs", shared_data / "cifar10", "--force").exit_code == 2
