"""`facecluster evaluate` without options: the newest run, on what it was validated on."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from facecluster.embed.embedder import Embedder
from facecluster.train.backbones import build, normalisation
from facecluster.train.config import DataConfig, ModelConfig, TrainConfig
from facecluster.train.model.checkpoint import Checkpoint, NetworkShape, load, save
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.onnx.checkpoint_embedder import CheckpointEmbedder
from facecluster.train.run.folders import BEST, create_run
from tests.support.commands import Run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A run on the digits whose network has learned nothing, as training leaves it behind."""
    torch.manual_seed(5)
    torch.set_num_threads(1)
    mean, std = normalisation("tiny", 1)
    shape = NetworkShape("tiny", 28, 16, 1, mean, std)
    network = EmbeddingNetwork(build("tiny", 28, 16, 1), mean, std)
    folder = tmp_path / "runs"
    config = TrainConfig(
        data=DataConfig("digits", image_size=28, val_pairs=200),
        model=ModelConfig("tiny", 16),
        runs=folder,
    )
    made = Checkpoint(
        config=config,
        shape=shape,
        weights=network.state_dict(),
        aligned=False,
        mirror=False,
        source="digits",
        classes=tuple("0123456"),
    )
    save(create_run(folder, "one", "x") / BEST, made)
    return folder


def figures(run: Run, runs: Path, *options: object) -> dict[str, object]:
    result = run("evaluate", "--runs", runs, "--json", *options)
    assert result.exit_code == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_the_checkpoint_while_there_is_no_export(run: Run, runs: Path) -> None:
    found = figures(run, runs)
    assert found["notes"] == [f"no export of {runs / 'one'} yet, so its checkpoint is evaluated"]
    assert (found["same"], found["different"], found["folds"]) == (200, 200, 10)
    assert "3 unseen classes" in str(found["pairs"])


def test_then_the_newest_export(run: Run, runs: Path, tmp_path: Path) -> None:
    before = figures(run, runs)
    for name in ("old.onnx", "new.onnx"):
        assert run("export", tmp_path / name, "--runs", runs, "--quiet").exit_code == 0
    found = figures(run, runs)
    assert found["notes"] == []
    assert found["model"]["id"] == Embedder(tmp_path / "new.onnx").model_id
    assert found["accuracy"] == before["accuracy"]
    assert found["auc"] == pytest.approx(before["auc"], abs=1e-4)
    (tmp_path / "new.onnx").unlink()
    assert figures(run, runs)["model"]["id"] == Embedder(tmp_path / "old.onnx").model_id
    later = (tmp_path / "old.onnx").stat().st_mtime + 10
    os.utime(runs / "one" / BEST, (later, later))
    [note] = figures(run, runs)["notes"]
    assert "is newer than" in note


def test_recalibrating_the_run(run: Run, runs: Path, tmp_path: Path) -> None:
    result = run("evaluate", "--recalibrate", "--runs", runs)
    assert result.exit_code == 1
    assert "run `facecluster export` first" in result.stderr
    model = tmp_path / "m.onnx"
    run("export", model, "--runs", runs, "--quiet")
    assert Embedder(model).spec.far_table == ()
    assert run("evaluate", "--recalibrate", "--runs", runs).exit_code == 0
    spec = Embedder(model).spec
    assert [rate for rate, _ in spec.far_table] == [1e-1, 1e-2, 1e-3]
    assert "3 unseen classes" in spec.measured_on
    assert figures(run, runs)["notes"] == []  # the list of exports knows of it
    result = run("evaluate", "--recalibrate", "--runs", runs, "--model", runs / "one" / BEST)
    assert result.exit_code == 1
    assert "is a checkpoint; export it first" in result.stderr


def test_a_model_for_other_pictures(run: Run, runs: Path) -> None:
    from facecluster.embed.shipped import shipped_model

    result = run("evaluate", "--runs", runs, "--model", shipped_model())
    assert result.exit_code == 1
    assert "takes aligned faces of 150 px" in result.stderr
    assert "whole pictures of 28 px" in result.stderr
    assert "--pairs and --images" in result.stderr


def test_without_pytorch(run: Run, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    result = run("evaluate", "--runs", runs)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: this needs PyTorch")


@pytest.mark.parametrize("mirror", [False, True])
def test_a_checkpoint_says_what_its_export_says(
    run: Run, runs: Path, tmp_path: Path, rng: np.random.Generator, mirror: bool
) -> None:
    path = runs / "one" / BEST
    save(path, replace(load(path), mirror=mirror))
    run("export", tmp_path / "m.onnx", "--runs", runs, "--quiet")
    crops = rng.integers(0, 256, (40, 28, 28, 3), dtype=np.uint8)
    one = CheckpointEmbedder(path, load(path)).embed(crops)
    other = Embedder(tmp_path / "m.onnx", "cpu").embed(crops)
    np.testing.assert_allclose(one[0], other[0], atol=1e-5)
    np.testing.assert_allclose(one[1], other[1], atol=1e-5)
