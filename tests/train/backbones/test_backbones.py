"""Every backbone of the table: shapes, sizes, gradients, and what the trainer relies on."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from facecluster.errors import SettingsError  # noqa: E402
from facecluster.train.backbones import BACKBONES, backbone_named, build, normalisation  # noqa: E402
from facecluster.train.backbones.dlib_resnet import MEAN_RGB, SCALE  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402

NAMES = list(BACKBONES)
ODD = {"tiny": 45, "inception-resnet-v1": 99, "dlib-resnet": 101}  # px
# Weights of convolutions with their biases and normalisations, without the head. Those of
# torchvision: 11.69 M, 21.80 M, 25.56 M, 1.24 M and 132.86 M less their classifiers. That of
# inception-resnet-v1: the 23,482,624 of its PyTorch port for 512 numbers, less 1792 x 512 + 1024.
WITHOUT_HEAD = {
    "squeezenet": 1_235_496 - (512 * 1000 + 1000),
    "resnet18": 11_689_512 - (512 * 1000 + 1000),
    "resnet34": 21_797_672 - (512 * 1000 + 1000),
    "resnet50": 25_557_032 - (2048 * 1000 + 1000),
    "vgg11": 132_863_336 - (25088 * 4096 + 4096) - (4096 * 4096 + 4096) - (4096 * 1000 + 1000),
    "inception-resnet-v1": 23_482_624 - (1792 * 512 + 1024),
}


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def sizes(name: str) -> list[int]:
    known = BACKBONES[name]
    return [known.smallest, ODD.get(name, 67), known.image_size]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("name", "size"), [(n, s) for n in NAMES for s in sizes(n)])
def test_shapes(name, size, channels) -> None:
    network = build(name, size, 24, channels).eval()
    with torch.no_grad():
        embeddings = network(torch.randn(2, channels, size, size))
    assert embeddings.shape == (2, 24)
    assert embeddings.dtype == torch.float32
    assert torch.isfinite(embeddings).all()
    assert (embeddings[0] - embeddings[1]).abs().max() > 1e-3


@pytest.mark.parametrize("size", [8, 13, 28, 33, 64])
def test_tiny_is_tiny_at_every_size(size) -> None:
    network = build("tiny", size, 128, 1)
    assert 100_000 < sum(p.numel() for p in network.parameters()) < 300_000
    assert network(torch.randn(3, 1, size, size)).shape == (3, 128)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_reach_every_parameter(name) -> None:
    size = max(BACKBONES[name].smallest, 32)
    network = build(name, size, 16)
    network(torch.randn(4, 3, size, size)).square().mul(torch.rand(4, 16)).sum().backward()
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().sum() > 0, key


@pytest.mark.parametrize("name", NAMES)
def test_first_weights_neither_die_nor_explode(name) -> None:
    size = BACKBONES[name].image_size
    spread = build(name, size, 64).train()(torch.randn(4, 3, size, size)).std()
    assert 0.1 < float(spread.detach()) < 20


@pytest.mark.parametrize(("name", "count"), WITHOUT_HEAD.items())
def test_parameter_counts_are_those_of_the_published_networks(name, count) -> None:
    network = build(name, BACKBONES[name].image_size, 128)
    own = [p.numel() for key, p in network.named_parameters() if not key.startswith("head")]
    assert sum(own) == count


def test_mobilefacenet_by_the_table_of_its_paper() -> None:
    """Convolutions of table 1, each with two numbers per channel for its normalisation and, where
    an activation follows, one for its slope."""

    def unit(weights: int, channels: int, slopes: bool = True) -> int:
        return weights + (3 if slopes else 2) * channels

    wanted = unit(3 * 3 * 3 * 64, 64) + unit(3 * 3 * 64, 64)
    inputs = 64
    rows = [(2, 64, 5), (4, 128, 1), (2, 128, 6), (4, 128, 1), (2, 128, 2)]
    for expansion, outputs, repeats in rows:
        for _ in range(repeats):
            inner = expansion * inputs
            wanted += unit(inputs * inner, inner) + unit(9 * inner, inner)
            wanted += unit(inner * outputs, outputs, slopes=False)
            inputs = outputs
    wanted += unit(128 * 512, 512) + unit(7 * 7 * 512, 512, slopes=False)
    wanted += unit(512 * 128, 128, slopes=False)
    network = build("mobilefacenet", 112, 128)
    assert sum(p.numel() for p in network.parameters()) == wanted
    assert 0.95e6 < wanted < 1.05e6  # the paper says 0.99 million


@pytest.mark.parametrize("name", NAMES)
def test_evaluation_is_deterministic_and_rows_do_not_touch(name) -> None:
    size = max(BACKBONES[name].smallest, 32)
    network = build(name, size, 16).eval()
    crops = torch.randn(3, 3, size, size)
    with torch.no_grad():
        together, again = network(crops), network(crops)
        alone = torch.cat([network(crop[None]) for crop in crops])
    assert torch.equal(together, again)
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-4 * float(together.abs().max()))


@pytest.mark.parametrize("name", ["tiny", "squeezenet", "mobilefacenet", "resnet18"])
def test_bfloat16_and_channels_last_say_the_same(name) -> None:
    network = build(name, 32, 16).eval()
    crops = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        wanted = torch.nn.functional.normalize(network(crops))
        network = network.to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            got = network(crops.contiguous(memory_format=torch.channels_last))
    cosines = (torch.nn.functional.normalize(got.float()) * wanted).sum(dim=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("name", NAMES)
def test_embeddings_of_pixels_are_unit_rows(name) -> None:
    size, channels = max(BACKBONES[name].smallest, 32), 1
    network = EmbeddingNetwork(build(name, size, 16, channels), *normalisation(name, channels))
    pixels = torch.randint(0, 256, (3, channels, size, size), dtype=torch.uint8)
    with torch.no_grad():
        lengths = network.eval()(pixels).norm(dim=1)
    torch.testing.assert_close(lengths, torch.ones(3))


@pytest.mark.parametrize("name", NAMES)
def test_too_small_pictures_are_refused_by_name(name) -> None:
    smallest = BACKBONES[name].smallest
    with pytest.raises(SettingsError, match=f"image_size` {smallest - 1}: {name} needs"):
        build(name, smallest - 1, 16)


def test_unknown_backbone_is_answered_by_the_list() -> None:
    with pytest.raises(
        SettingsError, match=r"`model.backbone` resnet19: known are tiny, .*dlib-resnet"
    ):
        backbone_named("resnet19")


def test_normalisation_of_dlib_is_that_of_its_module() -> None:
    mean, std = normalisation("dlib-resnet", 3)
    assert mean == MEAN_RGB
    assert std == (1 / SCALE,) * 3
    assert normalisation("resnet18", 1) == (
        (pytest.approx(np.mean([123.675, 116.28, 103.53])),),
        (pytest.approx(np.mean([58.395, 57.12, 57.375])),),
    )


def test_table_and_freezing_need_no_torch_until_a_network_is_built() -> None:
    code = "import sys, facecluster.train.backbones; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
