"""Checkpoints with anything in the place of anything: one sentence that names the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from facecluster.errors import ModelError  # noqa: E402
from facecluster.train.backbones import build, normalisation  # noqa: E402
from facecluster.train.model.checkpoint import load, save  # noqa: E402
from facecluster.train.model.init import init_weights  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402
from tests.support.small_networks import small_checkpoint  # noqa: E402


def values(path: Path) -> dict[str, Any]:
    """What stands in a whole one."""
    save(path, small_checkpoint())
    found: dict[str, Any] = torch.load(path, weights_only=True)
    return found


KEYS = ("version", "config", "shape", "weights", "aligned", "mirror", "source", "classes",
        "calibrations", "history", "resume")  # fmt: skip
ODD = {
    "none": None, "text": "x", "number": 7, "huge": 1 << 62, "list": [1], "map": {"a": 1},
    "tensor": torch.zeros(2), "nan": float("nan"), "texts": {1: {2: ["x"]}},
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_missing(tmp_path: Path, key: str) -> None:
    path = tmp_path / "a.pt"
    found = values(path)
    del found[key]
    torch.save(found, path)
    with pytest.raises(ModelError, match=r"a\.pt: (checkpoint version unknown|.*incomplete)"):
        load(path)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_holds_something_else(tmp_path: Path, key: str, odd: str) -> None:
    path = tmp_path / "a.pt"
    torch.save(values(path) | {key: ODD[odd]}, path)
    if (key, odd) in {("source", "text"), ("resume", "map"), ("resume", "texts")}:
        load(path).spec()
        return
    with pytest.raises(ModelError, match=r"a\.pt: ") as caught:
        load(path).spec()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "shape",
    [
        {"backbone": "none"},
        {"backbone": "vgg11", "image_size": 2048, "embedding_dim": 65536},  # 550 GB of weights
        {"image_size": 1 << 40},
        {"image_size": -1},
        {"embedding_dim": 0},
        {"embedding_dim": 17},
        {"channels": 2},
        {"channels": 1},
        {"mean": []},
        {"std": [1.0] * 1000},
        {"more": 1},
    ],
    ids=str,
)
def test_a_shape_that_its_weights_do_not_have(tmp_path: Path, shape: dict[str, Any]) -> None:
    path = tmp_path / "a.pt"
    found = values(path)
    found["shape"] |= shape
    torch.save(found, path)
    with pytest.raises(ModelError, match=r"a\.pt: the checkpoint is incomplete"):
        load(path)


@pytest.mark.parametrize(
    "given",
    [b"a text", [1, 2], {}, {"state_dict": None}, {"state_dict": [1]}, {"state_dict": {"a": 1}},
     {"w": "x"}, {"format": "facecluster-checkpoint"}, {1: torch.zeros(2)}, torch.zeros(3), None],
    ids=str,
)  # fmt: skip
def test_first_weights_that_are_none(tmp_path: Path, given: Any) -> None:
    path = tmp_path / "a.pth"
    if isinstance(given, bytes):
        path.write_bytes(given)
    else:
        torch.save(given, path)
    network = EmbeddingNetwork(build("tiny", 16, 16, 3), *normalisation("tiny", 3))
    with pytest.raises(ModelError, match=r"a\.pth: ") as caught:
        init_weights(network, "tiny", path)
    assert "\n" not in str(caught.value)
