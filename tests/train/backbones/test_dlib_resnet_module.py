"""The backbone on its own: shapes, size, and the padding of unequal paths."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from facecluster.train.backbones import dlib_resnet  # noqa: E402


@pytest.fixture(scope="module")
def network() -> dlib_resnet.DlibResNet:
    torch.manual_seed(0)
    return dlib_resnet.DlibResNet().eval()


def test_size_and_output(network) -> None:
    weights = sum(p.numel() for name, p in network.named_parameters() if "norm" not in name)
    assert weights == 5_603_936  # the .dat holds as many
    crops = torch.zeros(2, 3, dlib_resnet.CROP_SIZE, dlib_resnet.CROP_SIZE)
    assert network(crops).shape == (2, 128)


def test_other_dimension() -> None:
    assert dlib_resnet.DlibResNet(64)(torch.zeros(2, 3, 150, 150)).shape == (2, 64)


@pytest.mark.parametrize(("size", "channels"), [(40, 1), (60, 3), (79, 1), (80, 3), (102, 1)])
def test_smaller_crops(size, channels) -> None:
    network = dlib_resnet.build(size, 16, channels).eval()
    with torch.no_grad():
        embeddings = network(torch.randn(2, channels, size, size))
    assert embeddings.shape == (2, 16)
    assert (embeddings[0] - embeddings[1]).abs().max() > 1e-3


def test_rows_of_a_batch_do_not_touch(network, rng) -> None:
    crops = torch.from_numpy(rng.normal(size=(3, 3, 150, 150)).astype(np.float32))
    with torch.no_grad():
        together = network(crops)
        alone = torch.cat([network(crop[None]) for crop in crops])
    limit = 1e-5 * float(together.abs().max())
    torch.testing.assert_close(together, alone, atol=limit, rtol=1e-4)


def test_gradients_reach_every_parameter(network) -> None:
    network.zero_grad()
    network(torch.randn(2, 3, 150, 150)).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    network.zero_grad()


def test_scaling_by_hand() -> None:
    crop = np.zeros((1, 2, 2, 3), np.uint8)
    crop[0, 0, 1] = (255, 128, 64)
    scaled = dlib_resnet.scaled(torch.from_numpy(crop))
    assert scaled.shape == (1, 3, 2, 2)
    wanted = [(255 - 122.782) / 256, (128 - 117.001) / 256, (64 - 104.298) / 256]
    np.testing.assert_allclose(scaled[0, :, 0, 1], wanted, rtol=1e-6)


@pytest.mark.parametrize("size", [8, 7, 4, 2])  # unpadded 3x3 at stride 2: 3, 3, 1, 1
def test_block_with_stride_pads_the_smaller_path_with_zeros(size) -> None:
    torch.manual_seed(1)
    block = dlib_resnet.ResidualBlock(2, 4, stride=2).eval()
    x = torch.rand(1, 2, size, size)
    with torch.no_grad():
        seen = torch.zeros(1, 2, max(size, 3), max(size, 3))
        seen[:, :, :size, :size] = x
        inner = block.norm2(block.conv2(torch.relu(block.norm1(block.conv1(seen)))))[0]
        wanted = torch.zeros(4, size // 2, size // 2)
        wanted[:, : inner.shape[1], : inner.shape[2]] += inner
        for y in range(size // 2):
            for z in range(size // 2):
                wanted[:2, y, z] += x[0, :, 2 * y : 2 * y + 2, 2 * z : 2 * z + 2].mean(dim=(1, 2))
        torch.testing.assert_close(block(x)[0], wanted.clamp(min=0))
