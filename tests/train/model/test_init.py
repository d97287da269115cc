"""Weights from files: what fits is taken, what does not is told."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from facecluster.errors import ModelError  # noqa: E402
from facecluster.train.backbones import BACKBONES, build, normalisation  # noqa: E402
from facecluster.train.config import DataConfig, TrainConfig  # noqa: E402
from facecluster.train.model.checkpoint import Checkpoint, NetworkShape, save  # noqa: E402
from facecluster.train.model.init import init_weights  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402


def network_of(name: str, size: int = 32, dimension: int = 8, channels: int = 3, seed: int = 0):
    torch.manual_seed(seed)
    known = normalisation(name, channels)
    return EmbeddingNetwork(build(name, size, dimension, channels), *known)


def checkpoint_file(path: Path, name: str, size: int = 32, channels: int = 3) -> EmbeddingNetwork:
    network = network_of(name, size, 8, channels, seed=9)
    shape = NetworkShape(name, size, 8, channels, *normalisation(name, channels))
    config = TrainConfig(DataConfig("digits"))
    save(path, Checkpoint(config, shape, network.state_dict(), False, False, "digits", ("a", "b")))
    return network


def published(name: str, size: int = 32) -> dict[str, torch.Tensor]:
    """A state dict as torchvision's: other names for the head, which has 1000 classes."""
    own = network_of(name, size, seed=5).backbone.state_dict()
    body = {key: value for key, value in own.items() if not key.startswith("head")}
    return body | {"fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}


def test_published_weights_fill_all_but_the_head(tmp_path: Path) -> None:
    network, given = network_of("resnet18"), published("resnet18")
    head = network.backbone.head.weight.clone()
    torch.save(given, tmp_path / "resnet18.pth")
    sentences = init_weights(network, "resnet18", tmp_path / "resnet18.pth")
    for key, value in network.backbone.state_dict().items():
        if not key.startswith("head"):
            torch.testing.assert_close(value, given[key], rtol=0, atol=0)
    assert torch.equal(network.backbone.head.weight, head)
    assert len(sentences) == 2
    assert sentences[0].endswith("has nothing for head.weight, head.bias; random values there")
    assert sentences[1].endswith("has fc.weight, fc.bias, which resnet18 lacks")


def test_training_file_of_a_data_parallel_run(tmp_path: Path) -> None:
    """`state_dict` within a larger file, `module.` before names, no counters, half precision."""
    network, given = network_of("resnet18"), published("resnet18")
    named = {f"module.{k}": v.half() for k, v in given.items() if "num_batches" not in k}
    torch.save({"epoch": 3, "state_dict": named}, tmp_path / "run.tar")
    init_weights(network, "resnet18", tmp_path / "run.tar")
    got = network.backbone.layer3[0].conv1.weight
    torch.testing.assert_close(got, given["layer3.0.conv1.weight"], rtol=1e-3, atol=1e-4)
    assert got.dtype == torch.float32


def test_grey_kernel_is_the_sum_over_colours(tmp_path: Path) -> None:
    network, given = network_of("squeezenet", channels=1), published("squeezenet")
    torch.save(given, tmp_path / "squeezenet.pth")
    sentences = init_weights(network, "squeezenet", tmp_path / "squeezenet.pth")
    wanted = network_of("squeezenet").backbone
    wanted.load_state_dict(given, strict=False)
    grey = torch.randn(2, 1, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(
            network.backbone.features(grey), wanted.features(grey.expand(-1, 3, -1, -1)),
            rtol=1e-4, atol=1e-4,
        )  # fmt: skip
    assert any("its sum looks at grey" in sentence for sentence in sentences)


def test_colour_kernel_out_of_a_grey_one(tmp_path: Path) -> None:
    given = checkpoint_file(tmp_path / "grey.pt", "tiny", channels=1)
    network = network_of("tiny")
    init_weights(network, "tiny", tmp_path / "grey.pt")
    grey = torch.randn(2, 1, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(
            network.backbone.eval()(grey.expand(-1, 3, -1, -1)), given.backbone.eval()(grey),
            rtol=1e-4, atol=1e-4,
        )  # fmt: skip


def test_own_checkpoint_comes_whole(tmp_path: Path) -> None:
    given = checkpoint_file(tmp_path / "best.pt", "mobilefacenet")
    network = network_of("mobilefacenet")
    assert init_weights(network, "mobilefacenet", tmp_path / "best.pt") == []
    for key, value in network.state_dict().items():
        assert torch.equal(value, given.state_dict()[key]), key


def test_own_checkpoint_for_another_size_keeps_what_fits(tmp_path: Path) -> None:
    given = checkpoint_file(tmp_path / "best.pt", "mobilefacenet", size=48)
    network = network_of("mobilefacenet", 32, dimension=16)
    sentences = init_weights(network, "mobilefacenet", tmp_path / "best.pt")
    assert torch.equal(network.backbone.widen[0].conv.weight, given.backbone.widen[0].conv.weight)
    assert len(sentences) == 1
    assert "places.conv.weight, head.0.weight, head.1.weight and 3 more" in sentences[0]


def test_checkpoint_of_another_backbone_names_both(tmp_path: Path) -> None:
    checkpoint_file(tmp_path / "best.pt", "tiny")
    with pytest.raises(ModelError, match=r"best\.pt: a checkpoint of tiny, .* start resnet18"):
        init_weights(network_of("resnet18"), "resnet18", tmp_path / "best.pt")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("resnet50", r"layer1\.0\.conv1\.weight is \[64, 64, 1, 1\], but \[64, 64, 3, 3\]"),
        ("vgg11", "has 0 of the 100 weights"),
        ("squeezenet", "has 0 of the 100 weights"),
    ],
)
def test_weights_of_another_network_change_nothing(tmp_path: Path, other, why) -> None:
    torch.save(published(other), tmp_path / "other.pth")
    network = network_of("resnet18")
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with pytest.raises(ModelError, match=rf"other\.pth: {why}"):
        init_weights(network, "resnet18", tmp_path / "other.pth")
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_files_that_are_not_weights(tmp_path: Path) -> None:
    network = network_of("tiny")
    for name, content in (("text.pth", b"hello"), ("empty.pth", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=f"{name}: neither a checkpoint nor a state dict"):
            init_weights(network, "tiny", tmp_path / name)
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    with pytest.raises(ModelError, match=r"list\.pth: holds no state dict"):
        init_weights(network, "tiny", tmp_path / "list.pth")
    torch.save({"state_dict": {}}, tmp_path / "none.pth")
    with pytest.raises(ModelError, match=r"none\.pth: holds no weights"):
        init_weights(network, "tiny", tmp_path / "none.pth")
    torch.save({"weights": network}, tmp_path / "pickled.pth")
    with pytest.raises(ModelError, match=r"pickled\.pth: neither"):
        init_weights(network, "tiny", tmp_path / "pickled.pth")
    with pytest.raises(ModelError, match=r"absent\.pth: cannot be read"):
        init_weights(network, "tiny", tmp_path / "absent.pth")


def test_every_backbone_starts_from_its_own_state_dict(tmp_path: Path) -> None:
    for name, known in BACKBONES.items():
        size = max(known.smallest, 32)
        given = network_of(name, size, seed=3)
        torch.save(given.backbone.state_dict(), tmp_path / "own.pth")
        network = network_of(name, size)
        assert init_weights(network, name, tmp_path / "own.pth") == []
        assert all(
            torch.equal(value, given.state_dict()[key])
            for key, value in network.state_dict().items()
        ), name
