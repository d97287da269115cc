"""`facecluster train`: what it says, how it ends, and how a run goes on.

A run that only notes what it was asked for stands in for training, which has tests of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import click
import pytest

from facecluster.cli.main import cli
from facecluster.cli.train.settings import earlier
from facecluster.errors import FaceclusterError
from facecluster.train.config import DataConfig, TrainConfig
from facecluster.train.history import EpochRow, history_csv
from tests.support.commands import Run
from tests.support.no_training import BEST, NoTraining, Result, stand_in


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> NoTraining:
    return stand_in(monkeypatch)


@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_a_missing_extra_is_one_sentence(
    run: Run, loop: NoTraining, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = run("train", "digits")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "pip install 'facecluster[train]'" in result.stderr
    assert {"torch": "PyTorch"}.get(package, package) in result.stderr
    assert loop.config is None


def test_tensorboard_must_be_installed(
    run: Run, loop: NoTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert run("train", "digits").exit_code == 0
    loop.config = None
    result = run("train", "digits", "--tensorboard")
    assert (result.exit_code, loop.config) == (2, None)
    assert result.stderr == "Error: --tensorboard needs pip install tensorboard\n"


def test_what_is_said_at_the_end(run: Run, loop: NoTraining) -> None:
    loop.result.stopped = "Stopped early: 3 epochs without a better validation."
    result = run("train", "digits")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"Run: {Path('runs/first')}",
        "Stopped early: 3 epochs without a better validation.",
        "Best epoch: 3, accuracy 91.2 %, AUC 0.9712, EER 8.1 %, TAR 60.0 % at FAR 1 %, "
        "1-NN accuracy 98.9 %.",
        "Next: facecluster export model.onnx",
    ]
    assert "It begins." in result.stderr


def test_the_next_command_names_a_run_elsewhere(run: Run, loop: NoTraining, tmp_path: Path) -> None:
    loop.result.folder = tmp_path / "my runs" / "one"
    shown = run("train", "digits", "--runs", tmp_path / "my runs").stdout
    where = tmp_path / "my runs" / "one" / "best.pt"
    assert f"Next: facecluster export model.onnx --checkpoint '{where}'\n" in shown


def test_quiet_says_nothing(run: Run, loop: NoTraining) -> None:
    result = run("train", "digits", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_json_is_all_that_stdout_has(run: Run, loop: NoTraining) -> None:
    shown = json.loads(run("train", "digits", "--json").stdout)
    assert shown["run"] == str(Path("runs/first"))
    assert (shown["interrupted"], shown["stopped"]) == (False, "")
    assert shown["best"]["accuracy"] == 0.912
    assert shown["best"]["tar_1e3"] is None  # JSON has no nan
    assert set(shown["best"]) == {f.name for f in fields(EpochRow)}
    loop.result.best = None
    assert json.loads(run("train", "digits", "--json").stdout)["best"] is None


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]])
def test_an_interrupted_run_tells_how_to_go_on(
    run: Run, loop: NoTraining, options: list[str]
) -> None:
    loop.result = Result(Path("runs/my first"), None, True, "")
    result = run("train", "digits", *options)
    assert result.exit_code == 130
    last = result.stderr.splitlines()[-1]
    assert last == "Interrupted. Go on with: facecluster train --resume 'runs/my first'"
    assert "Next:" not in result.stdout
    if not options:
        assert "No epoch was validated yet." in result.stdout


def test_an_error_of_the_run_is_one_sentence(run: Run, loop: NoTraining) -> None:
    loop.error = FaceclusterError("the loss is not a number at step 7")
    result = run("train", "digits", "--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: the loss is not a number at step 7\n"


def test_only_the_first_of_several_processes_speaks(
    run: Run, loop: NoTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    for options in ([], ["--json"]):
        result = run("train", "digits", *options)
        assert (result.exit_code, result.output) == (0, "")
    loop.result.interrupted = True
    result = run("train", "digits")
    assert (result.exit_code, result.output) == (130, "")
    monkeypatch.setenv("RANK", "0")
    assert "Run: " in run("train", "digits").stdout


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """The folder of runs, with one that can go on and is the newest."""
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    (folder / "last.pt").touch()
    (tmp_path / "runs" / "latest").symlink_to("first")
    return tmp_path / "runs"


def test_a_run_goes_on_however_it_is_named(run: Run, loop: NoTraining, started: Path) -> None:
    for name in (started / "first", started / "first" / "last.pt", "first", started / "latest"):
        loop.resumed = None
        assert run("train", "--runs", started, "--resume", name).exit_code == 0
        assert loop.resumed is not None
        assert loop.resumed[0].samefile(started / "first")
        assert loop.resumed[1] == {}
    loop.resumed = None
    assert run("train", "--runs", started, "--resume").exit_code == 0
    assert loop.resumed == (started / "first", {})
    assert loop.config is None


def test_earlier_epochs_are_read_for_the_display(started: Path) -> None:
    folder = started / "first"
    assert earlier(folder) == []
    (folder / "history.csv").write_text(history_csv([BEST, replace(BEST, epoch=4)]))
    rows = earlier(folder)
    assert [row.epoch for row in rows] == [3, 4]
    assert replace(rows[0], tar_1e3=0.0) == replace(BEST, tar_1e3=0.0)
    (folder / "history.csv").write_bytes(b"epoch\n\xff\n")
    assert earlier(folder) == []
    (folder / "history.csv").write_text("epoch,loss\n1,x\n")
    assert earlier(folder) == []


def test_what_may_change_when_a_run_goes_on(
    run: Run, loop: NoTraining, started: Path, tmp_path: Path
) -> None:
    options = ["--minutes", 3, "--device", "cpu", "-j", 2, "--patience", 4, "--cache", tmp_path]
    assert run("train", tmp_path, "--runs", started, "--resume", "first", *options).exit_code == 0
    assert loop.resumed is not None
    changes = loop.resumed[1]
    assert changes == {
        "minutes": 3.0,
        "device": "cpu",
        "threads": 2,
        "patience": 4,
        "data": {"dataset": str(tmp_path), "cache": str(tmp_path)},
    }
    # In a form that settings can be read from.
    known = TrainConfig(DataConfig("digits")).to_json()
    made = TrainConfig.from_json(known | changes | {"data": known["data"] | changes["data"]})
    assert (made.minutes, made.data.dataset) == (3.0, str(tmp_path))


def test_what_may_not(run: Run, loop: NoTraining, started: Path, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("lr = 0.1\n")
    for options, name in (
        (["--backbone", "tiny"], "--backbone"),
        (["--epochs", "5"], "--epochs"),
        (["--val-classes", "a"], "--val-classes"),
        (["--config", tmp_path / "my.toml"], "--lr"),
    ):
        result = run("train", "--resume", "first", "--runs", started, *options)
        assert (result.exit_code, loop.resumed) == (2, None)
        assert result.stderr.startswith(f"Error: {name} cannot change in a run that goes on")


def test_a_run_that_is_not_there_or_has_nothing_yet(
    run: Run, loop: NoTraining, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for options, code, message in (
        (["--resume", "gone"], 2, "--resume gone: no such run"),
        (["--resume", "empty"], 1, "has no last.pt to go on from"),
        (["--resume"], 1, "no training run here"),
    ):
        result = run("train", "--runs", tmp_path, *options)
        assert result.exit_code == code
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


def test_help_has_headings_and_every_option_once(run: Run) -> None:
    shown = run("train", "--help").stdout
    headings = ["Data:", "Network:", "Loss:", "Optimiser:", "Batch:", "Run:", "Options:"]
    places = [shown.index(f"\n{heading}\n") for heading in headings]
    assert places == sorted(places)
    context = cli.make_context("facecluster", ["--help"], resilient_parsing=True)
    command = cli.get_command(context, "train")
    assert command is not None
    for param in command.params:
        if isinstance(param, click.Option):
            assert shown.count(f"  {param.opts[0]} ") + shown.count(f"  {param.opts[0]},") == 1
    for text in ("--resume [RUN]", "mobilefacenet", "[default: adamw]", "Examples:"):
        assert text in " ".join(shown.split())
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_the_options_are_checked_before_torch_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from facecluster.cli.main import cli\n"
        "try: cli(['train', 'digits', '--stages', 'x'], standalone_mode=False)\n"
        "except Exception as error: print(error.message)\n"
        "assert not {'torch', 'matplotlib', 'numpy', 'rich'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "are not stages" in done.stdout
