"""The command that groups as the newest run did, and doing so at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.group import group_command
from facecluster.cli.main import cli
from facecluster.cli.people.again import group_command as group_command_of
from facecluster.cli.people.again import group_words, settings_of
from facecluster.cli.people.find.results import Results
from facecluster.config import (
    ClusterConfig,
    NamesConfig,
    OutputConfig,
    ReadConfig,
    ScanConfig,
    Settings,
    as_json,
)
from facecluster.errors import ReportError
from facecluster.library.people.document import load
from facecluster.report.document import read_report
from tests.support.commands import Run, process
from tests.support.two_people import make_results

GLOBS = st.lists(st.sampled_from(["*.jpg", "a b/**", "-x"]), max_size=2).map(tuple)
SETTINGS = st.builds(
    Settings,
    st.builds(ScanConfig, GLOBS, GLOBS, st.booleans(), GLOBS, st.booleans()),
    st.builds(ReadConfig, st.sampled_from(["fast", "normal"]), st.none(), st.sampled_from(["cpu"])),
    st.builds(
        ClusterConfig,
        st.sampled_from(["auto", "kmeans", "hdbscan"]),
        st.none() | st.sampled_from([0.05, 0.1]),
        st.none(),
        st.integers(1, 4),
        st.integers(1, 40),
        st.booleans(),
    ),
    st.builds(OutputConfig, st.none(), st.sampled_from(["copy", "none"]), st.booleans()),
    st.builds(NamesConfig, st.booleans(), st.sampled_from(["no", "sidecar"])),
    st.integers(0, 3),
)


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Results:
    made = make_results(tmp_path_factory.mktemp("again"))
    return Results(made.root, made.out)


def with_settings(newest: Results, settings: dict[str, object]) -> Results:
    """The results of a run that had other settings."""
    found = Results(newest.given, newest.out)
    found.report = replace(newest.report, run=replace(newest.report.run, settings=settings))
    return found


@given(settings=SETTINGS)
def test_the_command_says_all_that_the_newest_run_was_told(
    newest: Results, settings: Settings
) -> None:
    scan = replace(settings.scan, empty_ok=False, reread=())
    results = with_settings(newest, as_json(settings))
    again = settings_of(results)
    assert again.output == replace(settings.output, folder=newest.out)
    assert again == replace(settings, scan=scan, output=again.output)
    words = group_words(results)
    assert words[:3] == ["facecluster", "group", str(newest.given)]
    above = click.Context(cli, **cli.context_settings)  # a command keeps how its help is asked for
    with group_command.make_context("group", words[2:], parent=above) as context:
        parsed = context.params
    told = {"include": scan.include, "exclude": scan.exclude, "videos": scan.videos}
    told |= {"method": settings.cluster.method, "distance": settings.cluster.distance}
    told |= {"min_photos": settings.cluster.min_photos, "min_face": settings.cluster.min_face}
    told |= {"allow_twice": settings.cluster.allow_twice, "detail": settings.read.detail}
    told |= {"device": settings.read.device, "link": settings.output.link, "out": None}
    told |= {"unsure": settings.output.unsure, "read_names": settings.names.read}
    told |= {"write_names": settings.names.write, "empty_ok": False, "reread": ()}
    assert {name: parsed[name] for name in told} == told


def test_an_output_folder_elsewhere_is_named(
    newest: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(newest.given)
    found = Results(newest.given, tmp_path / "other place")
    found.report = newest.report
    command = f"`facecluster group . --out '{tmp_path}/other place' --method agglomerative`"
    assert group_command_of(found) == command
    monkeypatch.chdir(newest.given.parent)
    assert group_command_of(newest) == "`facecluster group Photos --method agglomerative`"


def test_settings_that_are_none_are_told(newest: Results) -> None:
    damaged: list[dict[str, object]] = [{"cluster": 3}, {"read": {"model": 5}}]
    for settings in damaged:
        with pytest.raises(ReportError, match="are not those of a run"):
            settings_of(with_settings(newest, settings))


def test_applying_groups_at_once(run: Run, party: Path) -> None:
    assert run("group", party, "--quiet", "--min-photos", 1).exit_code == 0
    out = party.with_name("party-people")
    result = run("people", party, "name", 1, "Zoë", "--apply")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "person-001 is called Zoë from now on."
    assert lines[-1] == f"Report: {out / 'report.html'}"
    assert read_report(out / "report.json").run.settings["cluster"]["min_photos"] == 1
    assert load(out).people[1].name == "Zoë"
    (party / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    quiet = run("people", out, "hide", "Zoë", "--apply", "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (3, "")


def test_a_run_at_work_is_waited_for(run: Run, party: Path) -> None:
    from facecluster.library.index import FILE, Index

    assert run("group", party, "--quiet").exit_code == 0
    out = party.with_name("party-people")
    with Index(out / FILE, "", True):
        result = process("people", party, "name", 1, "Zoë")
    assert result.returncode == 1
    assert "a run is at work" in result.stderr
    assert not (out / "people.toml").exists()
