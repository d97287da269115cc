"""A checkpoint and the ONNX file made of it are made of the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from facecluster.embed.onnx_anatomy import onnx_anatomy  # noqa: E402
from facecluster.errors import ModelError  # noqa: E402
from facecluster.train.model.anatomy import checkpoint_anatomy  # noqa: E402
from facecluster.train.model.checkpoint import Checkpoint, save  # noqa: E402
from facecluster.train.onnx.exporter import export_onnx  # noqa: E402
from tests.support.small_networks import small_checkpoint  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def with_biases(checkpoint: Checkpoint) -> Checkpoint:
    """Biases that differ and are not zero: an exporter would merge or leave out others."""
    weights = {
        key: torch.randn_like(value) / 10 if key.endswith("bias") else value
        for key, value in checkpoint.weights.items()
    }
    return replace(checkpoint, weights=weights)


def test_tiny_by_hand(tmp_path: Path) -> None:
    """16 px, three channels, 16 numbers, one view."""
    save(tmp_path / "best.pt", small_checkpoint(mirror=False))
    found, known = checkpoint_anatomy(tmp_path / "best.pt")
    widths = [(3, 24, 16), (24, 24, 16), (24, 48, 8), (48, 48, 8), (48, 64, 4), (64, 64, 4)]
    kernels = [inputs * outputs * 9 for inputs, outputs, _ in widths]
    norms = sum(outputs for _, outputs, _ in widths)
    head = 64 * 16 * 16
    assert found.parameters == sum(kernels) + 2 * norms + head + 16
    assert found.folded == found.parameters - norms
    work = sum(kernel * side * side for kernel, (*_, side) in zip(kernels, widths, strict=True))
    assert found.multiply_adds == work + head
    assert [layer.op for layer in found.layers] == ["Conv2d", "BatchNorm2d"] * 6 + ["Linear"]
    assert found.layers[0].name == "stages.0.0.conv"
    assert found.layers[0].shape == (1, 24, 16, 16)
    assert known.shape.backbone == "tiny"
    assert found.spec == known.spec()


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize(("name", "size"), [("tiny", 16), ("squeezenet", 32), ("resnet18", 32)])
def test_checkpoint_and_its_export_agree(tmp_path: Path, name, size, mirror) -> None:
    checkpoint = with_biases(small_checkpoint(name, size, mirror=mirror))
    save(tmp_path / "best.pt", checkpoint)
    exported = export_onnx(checkpoint, tmp_path / "model.onnx")
    ours, _ = checkpoint_anatomy(tmp_path / "best.pt")
    theirs = onnx_anatomy(exported.path)
    assert theirs.parameters == ours.folded
    assert theirs.multiply_adds == ours.multiply_adds
    assert theirs.views == ours.views == (2 if mirror else 1)


def test_file_that_is_not_a_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ModelError, match=r"a\.pt: not a checkpoint"):
        checkpoint_anatomy(tmp_path / "a.pt")
