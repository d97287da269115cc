"""dlib's face recognition network as facecluster/models/embedder.onnx.

`python -m export.dlib_resnet` fetches the weights, fills the PyTorch module, writes the ONNX file
and proves that all three agree: the module, the file and dlib itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from export import (
    crowding,
    dlib_dat,
    dlib_proof,
    embedder_graph,
    familiarity,
    recipe,
    weights,
)
from facecluster.base.atomic import write_atomic
from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.familiarity import FamiliarityModel
from facecluster.embed.onnx_graph import Graph, content_of
from facecluster.errors import FaceclusterError, ModelError
from facecluster.train.backbones.dlib_resnet import (
    MEAN_RGB,
    SCALE,
    DlibResNet,
    ResidualBlock,
)
from facecluster.train.backbones.dlib_weights import conv_pairs

MODELS = Path(__file__).resolve().parents[1] / "facecluster" / "models"
TARGET = MODELS / "embedder.onnx"
TOLERANCE = 1e-5  # largest difference of any of the raw numbers, which lie around 0.1

Array = NDArray[np.float32]


def filled(network: dlib_dat.Network) -> DlibResNet:
    """Return the module with the file's weights, in evaluation mode.

    Raises ModelError when the layers are not those of dlib's face recognition network.
    """
    module = DlibResNet()
    convs = [layer for layer in network.layers if layer.kind == "con_4"]
    affines = [layer for layer in network.layers if layer.kind == "affine_"]
    pairs = conv_pairs(module)
    if len(convs) != len(pairs) or len(affines) != len(pairs):
        raise ModelError(f"{len(convs)} convolutions in the file, {len(pairs)} in the module")
    for (conv, norm), con, affine in zip(pairs, convs, affines, strict=True):
        _fill(conv, norm, con, affine)
    head = network.layers[-1]
    matrix = head.params.reshape(module.head.in_features, module.head.out_features)
    with torch.no_grad():
        module.head.weight.copy_(torch.from_numpy(matrix.T.copy()))
    return module.eval()


def _fill(
    conv: torch.nn.Conv2d,
    norm: torch.nn.BatchNorm2d,
    con: dlib_dat.Layer,
    affine: dlib_dat.Layer,
) -> None:
    """dlib's factor and offset take the place of batch statistics: mean 0, variance 1.

    The convolution's own bias b passes through them: factor * (Wx + b) + offset.
    """
    filters = con.settings[0]
    shape = (conv.out_channels, *conv.kernel_size, *conv.stride, *conv.padding)
    if shape != con.settings or affine.params.size != 2 * filters:
        raise ModelError(f"a convolution {con.settings} in the file, {shape} in the module")
    kernel, bias = con.params[:-filters], con.params[-filters:]
    factor, offset = np.split(affine.params, 2)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(kernel.reshape(conv.weight.shape)))
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)  # so that variance + eps is 1
        norm.weight.copy_(torch.from_numpy(factor))
        norm.bias.copy_(torch.from_numpy(offset + factor * bias))


def folded(conv: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> tuple[Array, Array]:
    """Kernel and bias of one convolution that does both steps, computed in float64."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        factor = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
        kernel = conv.weight.double() * factor[:, None, None, None]
        bias = norm.bias.double() - norm.running_mean.double() * factor
    return kernel.numpy(), bias.numpy()


def build(
    module: DlibResNet,
    network: CrowdingNetwork | None = None,
    familiar: FamiliarityModel | None = None,
) -> onnx.ModelProto:
    """The embedder's ONNX model of a filled module, with its spec; network: tells the scale,
    familiar: tells what is unlike all that it was made for."""
    graph = Graph()
    x = embedder_graph.open_crops(graph)
    kernel, bias = folded(module.stem, module.norm)
    # The stem is not padded, so subtracting the mean and scaling fold into it exactly.
    mean = np.array(MEAN_RGB)[None, :, None, None]
    x = graph.conv(x, kernel * SCALE, bias - (kernel * SCALE * mean).sum(axis=(1, 2, 3)), 2, 0)
    x = graph.add("Relu", x)
    x = graph.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
    size = (((recipe.CROP_SIZE - 7) // 2 + 1) - 3) // 2 + 1
    for block in module.blocks:
        assert isinstance(block, ResidualBlock)
        x, size = _block(graph, x, size, block)
    x = graph.add("GlobalAveragePool", x)
    x = graph.add("Flatten", x)
    matrix = module.head.weight.detach().numpy()
    x = graph.add(
        "Gemm", x, graph.constant("head_weight", matrix), transB=1, name=embedder_graph.VIEWS
    )
    embedder_graph.close_views(graph, x, len(matrix))
    made = embedder_graph.model(graph, recipe.spec("dlib-resnet", recipe.FAR_TABLE_FLOAT))
    crowding.finish(made, TARGET.name, network)
    familiarity.finish(made, familiar)
    return made


def _block(graph: Graph, x: str, size: int, block: ResidualBlock) -> tuple[str, int]:
    """One residual block on [N, C, size, size]; returns its output and that output's size."""
    inner = graph.conv(x, *folded(block.conv1, block.norm1), block.stride, 2 - block.stride)
    inner = graph.add("Relu", inner)
    inner = graph.conv(inner, *folded(block.conv2, block.norm2), 1, 1)
    skip, inner_size, skip_size = x, size, size
    if block.stride == 2:
        skip = graph.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        inner_size, skip_size = (size - 3) // 2 + 1, size // 2
    larger = max(inner_size, skip_size)
    channels = block.conv1.out_channels - block.conv1.in_channels
    inner = _pad(graph, inner, 0, larger - inner_size)
    skip = _pad(graph, skip, channels, larger - skip_size)
    return graph.add("Relu", graph.add("Add", inner, skip)), larger


def _pad(graph: Graph, x: str, channels: int, rows: int) -> str:
    """Append zero channels, rows and columns."""
    if not channels and not rows:
        return x
    return graph.add("Pad", x, graph.integers(0, 0, 0, 0, 0, channels, rows, rows))


def main(target: Path = TARGET, peer: dlib_proof.Peer = dlib_proof.dlib_says) -> int:
    """Make the model and put it at `target`, proven against PyTorch and the peer; without the proof
    no file stays there. Gives the exit code."""
    try:
        path = weights.dlib_resnet_file()
        module = filled(dlib_dat.read(path))
        made = build(module, crowding.kept_network(), familiarity.kept_familiarity())
    except FaceclusterError as error:
        print(error, file=sys.stderr)
        return 1
    gaps = dlib_proof.differences(made, module, path, peer)
    for what, gap in gaps.items():
        print(f"{what:<32} largest difference {gap:.1e}")
    if not max(gaps.values()) <= TOLERANCE:
        target.unlink(missing_ok=True)
        print(f"above {TOLERANCE}: no model written", file=sys.stderr)
        return 1
    write_atomic(target, content_of(made))
    print(f"wrote {target.name}, {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
