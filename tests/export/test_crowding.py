"""A kept crowding network gets into both shipped embedders, and out of them again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx")

from export import crowding, recipe  # noqa: E402
from facecluster.embed.crowding import save_network  # noqa: E402
from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.embed.onnx_graph import content_of  # noqa: E402
from tests.support.crowding import random_network  # noqa: E402


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for file in crowding.SHIPPED:
        shutil.copy(crowding.MODELS / file, tmp_path)
    return tmp_path


def test_both_files_carry_the_kept_network(models: Path, capsys) -> None:
    network = random_network(128)
    save_network(network, models / "kept.npz")
    given = ["--network", str(models / "kept.npz"), "--models", str(models)]
    assert crowding.main(given) == 0
    assert capsys.readouterr().out.count("largest difference") == 2
    for file, told in crowding.SHIPPED.items():
        spec = Embedder(models / file, "cpu").spec
        assert spec == recipe.spec(told.name, told.far_table, network.crowding)
    once = [(models / file).read_bytes() for file in crowding.SHIPPED]
    assert crowding.main(given) == 0
    assert [(models / file).read_bytes() for file in crowding.SHIPPED] == once


def test_shipped_files_are_what_the_kept_network_makes() -> None:
    for file in crowding.SHIPPED:
        made = onnx.load(crowding.MODELS / file)
        crowding.finish(made, file, crowding.kept_network())
        assert content_of(made) == (crowding.MODELS / file).read_bytes()


def test_without_a_network_or_with_another_nothing_is_written(models: Path, capsys) -> None:
    before = {file: (models / file).read_bytes() for file in crowding.SHIPPED}
    save_network(random_network(64), models / "small.npz")
    for name, said in (("gone.npz", "cannot be read"), ("small.npz", "of 64 numbers")):
        assert crowding.main(["--network", str(models / name), "--models", str(models)]) == 1
        assert said in capsys.readouterr().err
        assert {file: (models / file).read_bytes() for file in before} == before


def test_a_network_that_says_otherwise_is_found_out() -> None:
    """So that the proof is one."""
    made = onnx.load(crowding.MODELS / "embedder-int8.onnx")
    network = random_network(128)
    crowding.finish(made, "embedder-int8.onnx", network)
    assert crowding.difference(made, network, 10) < crowding.TOLERANCE
    other = replace(network, layers=random_network(128, seed=1).layers)
    assert crowding.difference(made, other, 10) > 1e-3
