"""A kept familiarity model gets into both shipped embedders, and is what they are shipped with."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx")

from export import familiarity  # noqa: E402
from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.embed.familiarity import save_familiarity  # noqa: E402
from facecluster.embed.onnx_graph import content_of  # noqa: E402
from facecluster.embed.shipped import FLOAT32, INT8  # noqa: E402
from tests.support.familiarity import random_familiarity  # noqa: E402

FILES = (FLOAT32, INT8)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for file in FILES:
        shutil.copy(familiarity.MODELS / file, tmp_path)
    return tmp_path


def test_both_files_carry_the_kept_model_and_say_of_themselves_what_they_did(
    models: Path, capsys
) -> None:
    save_familiarity(random_familiarity(), models / "kept.npz")
    given = ["--model", str(models / "kept.npz"), "--models", str(models)]
    assert familiarity.main(given) == 0
    assert capsys.readouterr().out.count("largest difference") == 2
    for file in FILES:
        before = Embedder(familiarity.MODELS / file, "cpu").spec
        assert Embedder(models / file, "cpu").spec == before
    once = [(models / file).read_bytes() for file in FILES]
    assert familiarity.main(given) == 0
    assert [(models / file).read_bytes() for file in FILES] == once


def test_shipped_files_are_what_the_kept_model_makes() -> None:
    assert familiarity.kept_familiarity() is not None
    for file in FILES:
        made = onnx.load(familiarity.MODELS / file)
        familiarity.finish(made, familiarity.kept_familiarity())
        assert content_of(made) == (familiarity.MODELS / file).read_bytes()


def test_without_a_model_nothing_is_written(models: Path, capsys) -> None:
    before = {file: (models / file).read_bytes() for file in FILES}
    given = ["--model", str(models / "gone.npz"), "--models", str(models)]
    assert familiarity.main(given) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert {file: (models / file).read_bytes() for file in FILES} == before


def test_a_model_that_says_otherwise_is_found_out() -> None:
    """So that the proof is one."""
    made = onnx.load(familiarity.MODELS / INT8)
    model = random_familiarity()
    familiarity.finish(made, model)
    assert familiarity.difference(made, model, 8) <= familiarity.TOLERANCE
    assert familiarity.difference(made, replace(model, bias=-0.3), 8) > 10 * familiarity.TOLERANCE
