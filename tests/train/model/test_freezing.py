"""Frozen first layers: which they are, and that training leaves them alone."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from facecluster.errors import SettingsError  # noqa: E402
from facecluster.train.backbones import build, normalisation  # noqa: E402
from facecluster.train.model.freezing import freeze, set_train  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402


def network_of(name: str, size: int) -> EmbeddingNetwork:
    torch.manual_seed(0)
    return EmbeddingNetwork(build(name, size, 8), *normalisation(name, 3))


@pytest.mark.parametrize(
    ("name", "until", "frozen"),
    [
        ("resnet18", "layer2", ["conv1", "bn1", "layer1"]),
        ("resnet18", "layer2.1", ["conv1", "bn1", "layer1", "layer2.0"]),
        ("resnet18", "conv1", []),
        ("dlib-resnet", "blocks.2", ["stem", "norm", "blocks.0", "blocks.1"]),
        ("squeezenet", "features.4", ["features.0", "features.3"]),
        ("tiny", "head", ["stages"]),
    ],
)
def test_everything_before_the_named_part(name, until, frozen) -> None:
    network = network_of(name, 48)
    assert freeze(network, until) == frozen
    for key, parameter in network.backbone.named_parameters():
        before = any(key.startswith(part + ".") for part in frozen)
        assert parameter.requires_grad is not before, key


def test_training_moves_the_rest_only() -> None:
    network = network_of("resnet18", 32)
    freeze(network, "layer3")
    start = {key: value.clone() for key, value in network.backbone.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], 0.1)
    for _ in range(2):
        set_train(network)
        pixels = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8)
        optimizer.zero_grad()
        network(pixels)[:, 0].square().sum().backward()
        optimizer.step()
    for key, value in network.backbone.state_dict().items():
        still = key.startswith(("conv1", "bn1", "layer1", "layer2"))
        assert torch.equal(value, start[key]) is still, key


def test_nothing_frozen_is_plain_training_mode() -> None:
    network = network_of("tiny", 16).eval()
    set_train(network)
    assert all(module.training for module in network.modules())


@pytest.mark.parametrize(
    ("until", "known"),
    [("layer9", "conv1, bn1, layer1"), ("layer1.7", "layer1.0, layer1.1"), ("bn1.x", "none")],
)
def test_wrong_name_is_answered_by_the_names(until, known) -> None:
    with pytest.raises(SettingsError, match=rf"freeze_until` {until}: known parts are {known}"):
        freeze(network_of("resnet18", 32), until)


def test_wrong_name_freezes_nothing() -> None:
    network = network_of("resnet18", 32)
    with pytest.raises(SettingsError):
        freeze(network, "layer2.9")
    assert all(parameter.requires_grad for parameter in network.parameters())
