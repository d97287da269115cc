"""Each kind of damage is found and named, and what the finding says makes all well again."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.check.findings import Finding, Part
from facecluster.check.folder import check_folder, results_of
from facecluster.errors import LibraryError, SettingsError
from facecluster.library.index import FILE, Index
from tests.support.group_runs import Group, state, to
from tests.support.made_albums import needs_links
from tests.support.whole_results import Results

Damage = Callable[[Path], object]
MANIFEST = ".facecluster/manifest.json"


def sql(*statements: str) -> Damage:
    def damage(out: Path) -> None:
        with closing(sqlite3.connect(out / FILE)) as database, database:
            for statement in statements:
                database.execute(statement)

    return damage


def written(path: str, change: Callable[[bytes], bytes], keep_time: bool = False) -> Damage:
    """What a file holds becomes something else. path: a glob."""

    def damage(out: Path) -> None:
        file = sorted(out.glob(path))[0]
        about = file.stat()
        file.write_bytes(change(file.read_bytes()))
        if keep_time:
            os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))

    return damage


def gone(path: str) -> Damage:
    return lambda out: sorted(out.glob(path))[0].unlink()


def flipped(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 4]) + data[-99:]


def listing(change: Callable[[dict], object]) -> Damage:  # type: ignore[type-arg]
    def damage(out: Path) -> None:
        data = json.loads((out / MANIFEST).read_text())
        change(data)
        (out / MANIFEST).write_text(json.dumps(data))

    return damage


COPY, SMALL = "people/person-001/both.jpg", ".facecluster/thumbnails/*/*.jpg"
INDEX = FILE.as_posix()
DAMAGES: dict[str, tuple[Part, str, Damage]] = {
    "index gone": (Part.INDEX, "not there", gone(INDEX)),
    "index of something else": (Part.INDEX, "not a usable", written(INDEX, lambda _: b"diary")),
    "index cut": (Part.INDEX, "usable|SQLite", written(INDEX, lambda d: d[: len(d) // 2])),
    "index overwritten": (
        Part.INDEX,
        "usable|SQLite",
        written(INDEX, lambda d: d[:8192] + b"\xff" * 8192 + d[16384:]),
    ),
    "trigger": (
        Part.INDEX,
        "something else",
        sql("CREATE TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END"),
    ),
    "photo row": (Part.INDEX, "1 row of a photo", sql("UPDATE photo SET size = size + 1 "
                  "WHERE path = 'both.jpg'")),
    "photo rows": (Part.INDEX, "6 rows of photos", sql("UPDATE photo SET mtime_ns = 0")),
    "content row": (Part.INDEX, "of 6 photos nothing", sql("UPDATE content SET width = 1")),
    "content gone": (Part.INDEX, "of 1 photo nothing", sql("DELETE FROM content WHERE digest = "
                     "(SELECT digest FROM photo WHERE path = 'both.jpg')")),
    "face row": (Part.INDEX, "faces of 5 photos", sql("UPDATE face SET score = 0.25")),
    "face gone": (Part.INDEX, "faces of 1 photo", sql("DELETE FROM face WHERE ordinal = 1")),
    "face twice": (Part.INDEX, "faces of 5 photos", sql("UPDATE face SET ordinal = ordinal + 7")),
    "kept grouping": (Part.INDEX, "grouping", sql("UPDATE grouping SET data = x'00'")),
    "who is who": (Part.INDEX, "otherwise", sql("UPDATE assignment SET person = 3 - person")),
    "nobody": (Part.INDEX, "otherwise", sql("DELETE FROM assignment")),
    "older run": (Part.REPORTS, "another run", sql("UPDATE run SET started = '2001'")),
    "list gone": (Part.MANIFEST, "not there", gone(MANIFEST)),
    "list cut": (Part.MANIFEST, "cannot be read", written(MANIFEST, lambda d: d[:99])),
    "list leads out": (
        Part.MANIFEST,
        "not a place",
        written(MANIFEST, lambda d: d.replace(b"people/person-001/both", b"../../party/both")),
    ),
    "list and copy gone": (
        Part.COPIES,
        "1 photo is not in it",
        lambda out: (gone(COPY)(out), listing(lambda d: d["files"].pop(0))(out)),
    ),
    "list forgot whose": (Part.MANIFEST, "whose", listing(lambda d: d["people"].clear())),
    "list exchanged": (
        Part.MANIFEST,
        "whose",
        listing(lambda d: d.update(people=dict(zip(d["people"], [*d["people"].values()][::-1],
                                                   strict=True)))),
    ),
    "run ended early": (
        Part.UNFINISHED,
        "placed 1 file",
        listing(lambda d: d["pending"].append(d["files"].pop())),
    ),
    "move ended early": (
        Part.UNFINISHED,
        "placed 1 file",
        listing(lambda d: d["moves"].append(["people/x/a.jpg", "kept/x/a.jpg"])),
    ),
    "copy gone": (Part.COPIES, "is gone", gone(COPY)),
    "folder gone": (Part.COPIES, "is gone", lambda out: shutil.rmtree(out / "people/person-001")),
    "copy empty": (Part.COPIES, "is empty", written(COPY, lambda _: b"")),
    "copy rotten": (Part.COPIES, "other bytes", written(COPY, flipped, keep_time=True)),
    "copy of zeros": (Part.COPIES, "other", written(COPY, lambda d: bytes(len(d)), keep_time=True)),
    "small one gone": (Part.THUMBNAILS, "is gone", gone(SMALL)),
    "small one empty": (Part.THUMBNAILS, "is empty", written(SMALL, lambda _: b"")),
    "small one cut": (Part.THUMBNAILS, "damaged", written(SMALL, lambda d: d[:-9])),
    "small one of zeros": (Part.THUMBNAILS, "damaged", written(SMALL, lambda d: bytes(len(d)))),
    "small ones gone": (
        Part.THUMBNAILS, "is gone", lambda out: shutil.rmtree(out / ".facecluster/thumbnails")
    ),
    "report.json gone": (Part.REPORTS, "not there", gone("report.json")),
    "report.json cut": (Part.REPORTS, "not valid JSON", written("report.json", lambda d: d[:-9])),
    "report.json empty": (Part.REPORTS, "not valid JSON", written("report.json", lambda _: b"")),
    "table gone": (Part.REPORTS, "not there", gone("faces.csv")),
    "table cut": (Part.REPORTS, "says?", written("faces.csv", lambda d: d[: d.rindex(b'\n"') + 1])),
    "table edited": (Part.REPORTS, "says?", written("faces.csv", lambda d: d.replace(b"1", b"2"))),
    "page gone": (Part.REPORTS, "not there", gone("report.html")),
    "page cut": (Part.REPORTS, "damaged", written("report.html", lambda d: d[:-9])),
    "unfinished": (
        Part.UNFINISHED,
        "1 file of a run",
        lambda out: ((out / ".facecluster/tmp").mkdir(), (out / ".facecluster/tmp/1").touch()),
    ),
}  # fmt: skip


def do(finding: Finding, out: Path) -> None:
    """What the advice says, as far as it is for the user to do."""
    path = out / finding.path
    if "move it and the folders beside it away" in finding.advice:
        path.unlink()
        for name in ("people", "unsure"):
            shutil.rmtree(out / name, ignore_errors=True)
    elif "delete it" in finding.advice:
        path.unlink()


def test_a_healthy_folder_has_no_finding(results: Results) -> None:
    health = check_folder(results.out)
    assert health.ok
    assert health.findings == ()
    assert vars_of(health.checked) == (6, 6, 6, 6)


def vars_of(checked: object) -> tuple[int, ...]:
    return tuple(getattr(checked, name) for name in ("photos", "faces", "copies", "thumbnails"))


@pytest.mark.parametrize(("part", "words", "damage"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found_and_mended(
    results: Results, group: Group, part: Part, words: str, damage: Damage
) -> None:
    damage(results.out)
    before = state(results.out)
    health = check_folder(results.out)
    assert state(results.out) == before  # nothing is changed
    assert not health.ok
    assert any(f.part is part and re.search(words, f.problem) for f in health.findings), health
    for finding in health.findings:
        assert finding.problem
        assert finding.advice.rstrip(".") == finding.advice != ""
        do(finding, results.out)
    group(results.root, to(results.out, link="copy"))
    again = check_folder(results.out)
    assert again.ok, again.findings


def test_what_a_user_changed_is_told_and_no_damage(results: Results, group: Group) -> None:
    (results.out / COPY).write_bytes(b"edited")
    (results.out / "people/person-001/mine.txt").write_text("mine")
    for _ in range(2):
        health = check_folder(results.out)
        assert health.ok
        [finding] = health.findings
        assert (finding.path, finding.damage) == (COPY, False)
        group(results.root, to(results.out, link="copy"))


@needs_links
@pytest.mark.parametrize("name", ["people", ".facecluster/thumbnails", MANIFEST])
def test_a_link_in_the_place_of_ours_is_found(results: Results, name: str, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.move(results.out / name, moved)
    (results.out / name).symlink_to(moved)
    health = check_folder(results.out)
    assert any("link" in finding.problem for finding in health.findings)


@needs_links
@pytest.mark.parametrize("link", ["hardlink", "symlink"])
def test_links_are_checked_too(results: Results, group: Group, link: str) -> None:
    group(results.root, to(results.out, link=link))  # type: ignore[arg-type]
    assert check_folder(results.out).findings == ()
    path = results.out / COPY
    path.unlink()
    if link == "symlink":
        path.symlink_to("nowhere")
    else:
        path.write_text("mine")
    [finding] = check_folder(results.out).findings
    assert (finding.path, finding.damage) == (COPY, False)


@needs_links
def test_a_symbolic_link_that_leads_nowhere_is_found(results: Results, group: Group) -> None:
    group(results.root, to(results.out, link="symlink"))
    (results.root / "eileen.jpg").rename(results.root / "away")
    [finding] = check_folder(results.out).findings
    (results.root / "away").rename(results.root / "eileen.jpg")
    assert finding.path.endswith("/eileen.jpg")
    assert "gone" in finding.problem
    assert check_folder(results.out).ok


def test_a_copy_that_the_list_forgot_is_as_good(results: Results) -> None:
    listing(lambda d: d["files"].pop(0))(results.out)
    assert check_folder(results.out).findings == ()


def test_while_a_run_is_at_work_nothing_is_said(results: Results) -> None:
    code = (
        "import sys; from pathlib import Path; from facecluster.library.run_lock import run_lock\n"
        "with run_lock(Path(sys.argv[1])):\n print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(results.out)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "open\n"
        with pytest.raises(
            LibraryError, match=f"in use by a run of facecluster .process {run.pid} on"
        ):
            check_folder(results.out)
        run.communicate("\n")
    assert check_folder(results.out).ok


def test_an_index_elsewhere_is_found_by_the_report(
    results: Results, group: Group, tmp_path: Path
) -> None:
    settings = to(results.out, link="copy")
    output = replace(settings.output, index=tmp_path / "local")
    group(results.root, replace(settings, output=output))
    (results.out / FILE).unlink()
    assert check_folder(results.out).ok
    (tmp_path / "local/index.db").rename(tmp_path / "index.db")
    [finding] = check_folder(results.out).findings
    assert finding.path == str(tmp_path / "local/index.db")
    assert check_folder(results.out, tmp_path).ok


def test_results_are_found_beside_the_photos(results: Results, tmp_path: Path) -> None:
    assert results_of(results.out) == results.out
    assert results_of(results.root) == results.out
    with pytest.raises(SettingsError, match="no results"):
        results_of(tmp_path)


def test_rows_of_photos_that_are_gone_do_not_count(results: Results) -> None:
    """What they lack is found when they come back."""
    with Index(results.out / FILE, "x") as index:
        index.forget_missing([])
    sql("UPDATE content SET width = 1")(results.out)
    assert not any("nothing is known" in f.problem for f in check_folder(results.out).findings)
