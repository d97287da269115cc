"""The proof that an export has to pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from facecluster.errors import ModelError  # noqa: E402
from facecluster.train.onnx.exporter import export_onnx  # noqa: E402
from facecluster.train.onnx.onnx_embedder import OnnxEmbedder  # noqa: E402
from facecluster.train.onnx.parity import (  # noqa: E402
    BATCHES,
    Parity,
    ParityLimits,
    check_parity,
    cosine,
    sample_crops,
)
from tests.support.small_networks import small_checkpoint  # noqa: E402

LIMITS = ParityLimits()


class Off(torch.nn.Module):
    """An embedder whose first number is off by so much, in batches of `only` where given."""

    def __init__(self, embedder: torch.nn.Module, by: float) -> None:
        super().__init__()
        self.embedder, self.by = embedder, by

    def forward(self, crops):
        embedding, consistency = self.embedder(crops)
        embedding = embedding.clone()
        embedding[:, 0] += self.by
        return embedding, consistency


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> tuple[torch.nn.Module, Path]:
    torch.set_num_threads(1)
    checkpoint = small_checkpoint()
    path = tmp_path_factory.mktemp("parity") / "model.onnx"
    export_onnx(checkpoint, path)
    return OnnxEmbedder(checkpoint.network(), 3, True).eval(), path


def test_network_and_file_agree(exported) -> None:
    parity = check_parity(*exported)
    assert parity.batches == BATCHES == (1, 7, 64)
    assert parity.difference < 1e-5
    assert parity.cosine > 0.999999
    assert parity.within(LIMITS)


def test_a_difference_is_measured(exported) -> None:
    module, path = exported
    parity = check_parity(Off(module, 5e-5), path)
    assert parity.difference == pytest.approx(5e-5, abs=2e-6)
    with pytest.raises(ModelError, match=r"differs from PyTorch by 1\.0e-03 \(at most 1e-04\)"):
        check_parity(Off(module, 1e-3), path)
    with pytest.raises(ModelError, match=r"by 5\.\de-05 \(at most 1e-05\)"):
        check_parity(Off(module, 5e-5), path, ParityLimits(difference=1e-5))


def test_nan_never_passes(exported) -> None:
    module, path = exported
    assert not Parity(BATCHES, float("nan"), 1.0).within(LIMITS)
    assert not Parity(BATCHES, 0.0, float("nan")).within(LIMITS)
    with pytest.raises(ModelError, match="not finite"):
        check_parity(Off(module, float("nan")), path)


def test_a_direction_that_differs_does_not_pass() -> None:
    assert Parity(BATCHES, 1e-4, 0.99999).within(LIMITS)
    assert not Parity(BATCHES, 1e-4, 0.99998).within(LIMITS)
    assert not Parity(BATCHES, 1.1e-4, 1.0).within(LIMITS)


def test_cosine_by_hand() -> None:
    first = np.array([[1, 0], [3, 4], [0, 0], [0, 0], [1, 1]], np.float32)
    second = np.array([[0, 2], [3, 4], [0, 0], [1, 0], [-1, -1]], np.float32)
    np.testing.assert_allclose(cosine(first, second), [0, 1, 1, 0, -1], atol=1e-12)


@pytest.mark.parametrize("size", [8, 32, 75])
def test_sample_crops_are_of_many_kinds_and_repeatable(size: int) -> None:
    crops = sample_crops(64, size)
    assert crops.shape == (64, size, size, 3)
    assert crops.dtype == np.uint8
    np.testing.assert_array_equal(crops, sample_crops(64, size))
    assert len(np.unique(crops.reshape(64, -1), axis=0)) == 64
    detail = np.abs(np.diff(crops.astype(int), axis=2)).mean(axis=(1, 2, 3))
    assert detail.min() < 8  # smooth slopes
    assert detail.max() > 40  # fine noise
