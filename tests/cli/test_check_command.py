"""facecluster check: one line a finding, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Run


@pytest.fixture
def out(run: Run, party: Path) -> Path:
    assert run("group", party, "--quiet").exit_code == 0
    return party.with_name("party-people")


def test_what_is_whole_ends_with_0(run: Run, party: Path, out: Path) -> None:
    for folder in (party, out):
        result = run("check", folder)
        assert result.exit_code == 0
        assert result.stdout.startswith("All is well: 6 copies")
        assert len(result.stdout.splitlines()) == 1


def test_damage_is_a_line_each_and_ends_with_1_until_the_next_run(
    run: Run, party: Path, out: Path
) -> None:
    (out / "people/person-001/both.jpg").unlink()
    (out / "faces.csv").write_bytes(b"")
    result = run("check", out)
    assert result.exit_code == 1
    copy, table, last = result.stdout.splitlines()
    assert copy == "people/person-001/both.jpg: is gone; the next run mends it."
    assert table.startswith("faces.csv: ")
    assert last.startswith("2 things are damaged.")
    quiet = run("check", out, "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (1, "")
    run("group", party, "--quiet")
    assert run("check", out).exit_code == 0


def test_json(run: Run, out: Path) -> None:
    (out / "report.html").unlink()
    result = run("check", out, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["format"] == "facecluster-check"
    assert (found["version"], found["ok"]) == (1, False)
    assert found["checked"] == {"photos": 6, "faces": 6, "copies": 6, "thumbnails": 6}
    [finding] = found["findings"]
    assert finding == {
        "part": "reports",
        "path": "report.html",
        "problem": "is not there",
        "advice": "the next run mends it",
        "damage": True,
    }


@pytest.mark.parametrize("where", ["empty", "nowhere"])
def test_a_folder_without_results_is_a_wrong_argument(run: Run, tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    result = run("check", tmp_path / where)
    assert result.exit_code == 2
    assert where in result.stderr
