"""One file, whole or not at all, that cannot run code."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from facecluster.train.backbones import build
from facecluster.train.config import DataConfig, TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.model.checkpoint import Calibration, Checkpoint, NetworkShape, load, save
from facecluster.train.model.network import EmbeddingNetwork

ROW = EpochRow(1, "triplet", 0.5, 0.25, 0.1, 0.9, 1e-3, 3.5, 99.0, 0.8, 0.9, 0.2, 0.5, 0.25,
               float("nan"), True)  # fmt: skip


@pytest.fixture
def kept() -> Checkpoint:
    torch.manual_seed(0)
    shape = NetworkShape("tiny", 12, 8, 1, (127.5,), (128.0,))
    network = EmbeddingNetwork(build("tiny", 12, 8, 1), shape.mean, shape.std)
    return Checkpoint(
        config=TrainConfig(DataConfig("digits")),
        shape=shape,
        weights=network.state_dict(),
        aligned=False,
        mirror=False,
        source="digits",
        classes=("0", "1"),
        calibrations={"plain": Calibration(((0.1, 0.5), (0.01, 0.25)), 0.3, "here")},
        history=(ROW,),
        resume={"position": [1, 2, 0.5], "generator": torch.get_rng_state()},
    )


def test_everything_comes_back(kept: Checkpoint, tmp_path: Path) -> None:
    save(tmp_path / "a.pt", kept)
    again = load(tmp_path / "a.pt")
    assert again.config == kept.config
    assert again.shape == kept.shape
    assert again.calibrations == kept.calibrations
    assert repr(again.history) == repr(kept.history)
    assert again.classes == kept.classes
    assert torch.equal(again.resume["generator"], kept.resume["generator"])
    pixels = torch.randint(0, 256, (3, 1, 12, 12), dtype=torch.uint8)
    one, two = kept.network()(pixels), again.network()(pixels)
    assert torch.equal(one, two)
    torch.testing.assert_close(one.norm(dim=1), torch.ones(3))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pt"]


def test_the_spec_says_what_was_measured(kept: Checkpoint) -> None:
    spec = kept.spec()
    assert isinstance(spec, ModelSpec)
    assert (spec.distance, spec.far_table) == (0.3, ((0.1, 0.5), (0.01, 0.25)))
    assert (spec.crop_size, spec.dimension, spec.align) == (12, 8, "none")
    assert ModelSpec.from_metadata(spec.to_metadata()) == spec
    other = kept.spec(mirror=True)
    assert other.far_table == ()
    assert "not measured" in other.measured_on
    assert replace(kept, aligned=True).spec().align == "faces"


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return open, ("/nonexistent/evil",)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04" + bytes(50)])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.pt"):
        load(tmp_path / "a.pt")


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"format": "facecluster-checkpoint", "evil": Evil()}, tmp_path / "a.pt")
    with pytest.raises(ModelError):
        load(tmp_path / "a.pt")
    (tmp_path / "b.pt").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelError):
        load(tmp_path / "b.pt")


def test_foreign_newer_and_incomplete_checkpoints_are_named(
    kept: Checkpoint, tmp_path: Path
) -> None:
    path = tmp_path / "a.pt"
    torch.save({"weights": {}}, path)
    with pytest.raises(ModelError, match="not a checkpoint of facecluster"):
        load(path)
    torch.save({"format": "facecluster-checkpoint", "version": 2}, path)
    with pytest.raises(ModelError, match="version 2"):
        load(path)
    torch.save({"format": "facecluster-checkpoint", "version": 1}, path)
    with pytest.raises(ModelError, match="incomplete"):
        load(path)
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path / "absent.pt")


def test_weights_of_another_network_are_refused(kept: Checkpoint) -> None:
    with pytest.raises(ModelError, match="do not fit"):
        replace(kept, shape=replace(kept.shape, embedding_dim=9)).network()


def test_a_failed_write_keeps_the_old_file(
    kept: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pt"
    save(path, kept)
    before = path.read_bytes()

    def fail(values: object, file) -> None:  # type: ignore[no-untyped-def]
        file.write(b"half")
        raise RuntimeError("unexpected pos 64 vs 0")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(Exception, match="cannot be written"):
        save(path, kept)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]


def test_a_misfit_says_which_weights(kept: Checkpoint) -> None:
    weights = {k: v for k, v in kept.weights.items() if "head.bias" not in k}
    with pytest.raises(ModelError, match=r"do not fit tiny \(Missing key.*head\.bias"):
        replace(kept, weights=weights).network()


@pytest.mark.parametrize("hidden", [False, True])
def test_ctrl_c_while_writing_leaves_no_half_file(
    kept: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    save(tmp_path / "a.pt", kept)
    before = (tmp_path / "a.pt").read_bytes()

    def cut(*_: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            if hidden:  # torch closes its archive on the way out, and complains about it
                raise RuntimeError("unexpected pos 64 vs 0")

    monkeypatch.setattr(torch, "save", cut)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path / "a.pt", kept)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pt"]
    assert (tmp_path / "a.pt").read_bytes() == before
