"""Below the command line errors name settings; on it they name the options that set them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import click
import pytest

from facecluster.cli.common.fields import PLAIN, RENAMED, SECTIONS, in_options, option_of
from facecluster.cli.main import cli
from facecluster.config import ClusterConfig, Settings
from facecluster.errors import SettingsError
from facecluster.train.config import DataConfig, OptimConfig, TrainConfig
from tests.support.sources import PACKAGE, place, texts, tree_of

BELOW = sorted(p for p in PACKAGE.rglob("*.py") if "cli" not in p.relative_to(PACKAGE).parts)
OPTION = re.compile(r"(?<![\w-])--[a-z]")
QUOTED = re.compile(r"`([a-z]\w*(?:\.\w+)?)`")
# What stays: notes of report.json, and texts that name a whole command.
KEPT = ("--people N sets the number", "(--min-photos)", "evaluate --recalibrate")
# Parts of an ONNX graph, in backquotes as settings are.
OTHER_WORDS = {"crops", "embedding", "consistency", "scale"}


def settings(kind: type) -> Iterator[str]:
    """The dotted names of a settings class."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        part = hints[field.name]
        if is_dataclass(part) and isinstance(part, type):
            yield from (f"{field.name}.{inner.name}" for inner in fields(part))
        else:
            yield field.name


def commands(command: click.Command, context: click.Context) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, context)


@pytest.fixture(scope="module")
def options() -> set[str]:
    """The long options of all commands."""
    context = cli.make_context("facecluster", ["--help"], resilient_parsing=True)
    params = [param for command in commands(cli, context) for param in command.params]
    return {name for param in params for name in param.opts if name.startswith("--")}


@pytest.mark.parametrize("path", BELOW, ids=place)
def test_no_text_below_the_command_line_names_an_option(path) -> None:
    said = [text for _, text in texts(tree_of(path)) if OPTION.search(text)]
    assert [text for text in said if not any(part in text for part in KEPT)] == []


@pytest.mark.parametrize("path", BELOW, ids=place)
def test_every_setting_that_is_named_has_an_option(path, options: set[str]) -> None:
    for line, text in texts(tree_of(path)):
        for name in QUOTED.findall(text):
            if name not in OTHER_WORDS:
                assert option_of(name) in options, f"{place(path)}:{line}: `{name}`"


def test_what_is_kept_is_still_there() -> None:
    said = [text for path in BELOW for _, text in texts(tree_of(path))]
    assert [part for part in KEPT if not any(part in text for text in said)] == []


def test_the_first_argument_of_a_settings_error_is_a_setting(options: set[str]) -> None:
    """What no backquotes show: SettingsError("data.pairs", ...)."""
    seen = set()
    for path in BELOW:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "SettingsError":
                continue
            if len(node.args) > 1 and isinstance(node.args[0], ast.Constant):
                name = str(node.args[0].value)
                seen.add(name)
                assert option_of(name) in options, f"{place(path)}:{node.lineno}: {name}"
    assert {"cluster.distance", "optim.lr", "opset"} <= seen


def test_the_names_are_those_of_the_settings() -> None:
    known = {*settings(Settings), *settings(TrainConfig)}
    assert {name.split(".")[0] for name in known if "." in name} == SECTIONS
    assert {name for name in RENAMED if "." in name} <= known
    assert {"read.model", "output.folder", "data.pairs", "loss.mining", "optim.name"} <= known
    assert {"classes", "minutes", "stages"} <= PLAIN & known


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("cluster.min_photos", "--min-photos"),
        ("read.device", "--device"),
        ("device", "--device"),
        ("output.folder", "--out"),
        ("optim.name", "--optimizer"),
        ("size", "--crop-size"),
        ("crops", None),
        ("people", None),
        ("os.path", None),
        ("", None),
    ],
)
def test_the_option_of_a_setting(field: str, option: str | None) -> None:
    assert option_of(field) == option


def test_only_settings_become_options() -> None:
    said = "`output.folder` and `cluster.min_face`, not `crops`, `pip install x`, `a.b` or `Model`"
    told = "--out and --min-face, not `crops`, `pip install x`, `a.b` or `Model`"
    assert in_options(said) == told
    assert in_options(told) == told


@pytest.mark.parametrize(
    ("make", "python", "command"),
    [
        (
            lambda: ClusterConfig(distance=3),
            "`cluster.distance` 3: give a number between 0 and 2",
            "--distance 3: give a number between 0 and 2",
        ),
        (
            lambda: ClusterConfig(people=3),
            "`cluster.people` needs `cluster.method` kmeans, not auto",
            "--people needs --method kmeans, not auto",
        ),
        (
            lambda: DataConfig("x", val_pairs=0),
            "`data.val_pairs` 0: give at least 1",
            "--val-pairs 0: give at least 1",
        ),
        (
            lambda: OptimConfig(step_epochs=0),
            "`optim.step_epochs`: at least 1; `optim.step_factor`: above 0, at most 1",
            "--step-epochs: at least 1; --step-factor: above 0, at most 1",
        ),
    ],
)
def test_one_error_speaks_to_both_users(make, python: str, command: str) -> None:
    with pytest.raises(SettingsError) as caught:
        make()
    assert str(caught.value) == python
    assert in_options(str(caught.value)) == command


def test_the_parts_of_a_settings_error() -> None:
    error = SettingsError("cluster.distance", "give a number between 0 and 2", 3)
    assert (error.field, error.value) == ("cluster.distance", 3)
    assert error.reason == "give a number between 0 and 2"
    assert str(SettingsError("roc", "end it in .png")) == "`roc`: end it in .png"
    sentence = SettingsError("photos/: there is no such folder")
    assert (sentence.field, sentence.value) == (None, None)
    assert sentence.reason == str(sentence) == "photos/: there is no such folder"


def test_the_sentence_would_be_noticed(tmp_path) -> None:
    source = '''"""--docs are free."""\nraise E(f"{x}: choose another {y} " "with --out")\n'''
    (tmp_path / "x.py").write_text(source)
    [(_, text)] = texts(tree_of(tmp_path / "x.py"))
    assert text == "{}: choose another {} with --out"
    assert OPTION.search(text)
