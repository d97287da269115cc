"""Every backbone goes through torch.export with any number of pictures, which ONNX export needs."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from facecluster.train.backbones import BACKBONES, build, normalisation  # noqa: E402
from facecluster.train.model.network import EmbeddingNetwork  # noqa: E402


@pytest.mark.parametrize("name", BACKBONES)
def test_batch_stays_dynamic(name) -> None:
    size = max(BACKBONES[name].smallest, 35)
    torch.manual_seed(0)
    network = EmbeddingNetwork(build(name, size, 16), *normalisation(name, 3)).eval()
    sample = torch.randint(0, 256, (2, 3, size, size)).float()
    shapes = {"pixels": {0: torch.export.Dim("N", min=1)}}
    program = torch.export.export(network, (sample,), dynamic_shapes=shapes)
    with torch.no_grad():
        for count in (1, 5):
            pixels = torch.randint(0, 256, (count, 3, size, size)).float()
            torch.testing.assert_close(
                program.module()(pixels), network(pixels), rtol=1e-4, atol=1e-5
            )
