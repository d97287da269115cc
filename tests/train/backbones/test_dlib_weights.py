"""The shipped weights, back in the network that they came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from facecluster.embed import shipped  # noqa: E402
from facecluster.runtime import session  # noqa: E402
from facecluster.train.backbones import build, normalisation  # noqa: E402
from facecluster.train.backbones.dlib_weights import shipped_weights  # noqa: E402
from facecluster.train.model.init import take_shipped  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402

FILE = Path(shipped.__file__).parents[1] / "models" / shipped.FLOAT32


def network_of(dimension: int = 128, channels: int = 3) -> EmbeddingNetwork:
    torch.manual_seed(0)
    backbone = build("dlib-resnet", 150, dimension, channels)
    return EmbeddingNetwork(backbone, *normalisation("dlib-resnet", channels)).eval()


@pytest.fixture(scope="module")
def faces(astronaut, hopper) -> np.ndarray:
    """Two faces, roughly cut out: uint8 [2, 150, 150, 3]."""
    return np.stack([astronaut[40:190, 150:300], hopper[70:220, 190:340]])


def test_network_says_what_the_shipped_model_says(faces) -> None:
    network = network_of()
    assert take_shipped(network) == []
    both = np.concatenate([faces, faces[:, :, ::-1]])
    with torch.no_grad():
        pixels = torch.from_numpy(both.transpose(0, 3, 1, 2).copy()).float()
        raw = network.backbone((pixels - network.mean) / network.std).numpy()
    first, second = np.split(raw, 2)
    run = session(FILE.read_bytes(), "cpu").run  # as the graph gives them
    embeddings, consistency = run(["embedding", "consistency"], {"crops": faces})
    mean = (first + second) / 2
    cosines = (embeddings * mean).sum(axis=1) / np.linalg.norm(mean, axis=1)
    assert cosines.min() > 0.99999
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    np.testing.assert_allclose(consistency, (first * second).sum(axis=1) / lengths, atol=1e-5)


def test_state_dict_is_complete() -> None:
    own = network_of().backbone.state_dict()
    given = shipped_weights()
    assert {key: value.shape for key, value in given.items()} == {
        key: value.shape for key, value in own.items()
    }
    convolutions = [value for key, value in given.items() if "norm" not in key]
    assert sum(value.numel() for value in convolutions) == 5_603_936  # the .dat holds as many


def test_other_dimension_has_a_head_of_its_own() -> None:
    network = network_of(64)
    sentences = take_shipped(network)
    assert sentences == ["the shipped model: has nothing for head.weight; random values there"]
    wanted = shipped_weights()["blocks.13.conv2.weight"]
    assert torch.equal(network.backbone.blocks[13].conv2.weight, wanted)


def test_grey_pictures_are_seen_as_colour_without_colour(faces) -> None:
    grey, colour = network_of(channels=1), network_of()
    take_shipped(grey)
    take_shipped(colour)
    pixels = torch.from_numpy(faces[..., :1].transpose(0, 3, 1, 2).copy()).float()
    with torch.no_grad():
        cosines = (grey(pixels) * colour(pixels.expand(-1, 3, -1, -1))).sum(dim=1)
    assert cosines.min() > 0.999
