"""The public-domain weights of dlib's network, read back from the embedder that we ship.

They are folded there: scaling and normalisations are part of the convolutions (export/).
"""

from __future__ import annotations

from importlib import resources

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from facecluster.embed.shipped import FLOAT32
from facecluster.train.backbones.dlib_resnet import MEAN_RGB, SCALE, DlibResNet, ResidualBlock


def shipped_weights() -> dict[str, Tensor]:
    """State dict of a `DlibResNet` with three channels and 128 numbers, from the shipped file."""
    file = resources.files("facecluster.models").joinpath(FLOAT32)
    return unfolded_weights(onnx.load_from_string(file.read_bytes()))


def unfolded_weights(made: onnx.ModelProto) -> dict[str, Tensor]:
    """State dict of a `DlibResNet` that says the same as the float32 model of export/.

    What each convolution adds becomes the offset of its normalisation, whose statistics are mean 0
    and variance 1; the scaling of pixels comes out of the stem.
    """
    values = {item.name: numpy_helper.to_array(item) for item in made.graph.initializer}
    module = DlibResNet()
    with torch.no_grad():
        for index, (conv, norm) in enumerate(conv_pairs(module)):
            kernel = values[f"conv{index:02}_weight"].astype(np.float64)
            bias = values[f"conv{index:02}_bias"].astype(np.float64)
            if index == 0:
                kernel = kernel / SCALE
                bias = bias + (kernel * SCALE * np.array(MEAN_RGB)[:, None, None]).sum((1, 2, 3))
            assert norm.running_var is not None
            conv.weight.copy_(torch.from_numpy(kernel))
            norm.bias.copy_(torch.from_numpy(bias))
            norm.running_var.fill_(1 - norm.eps)  # so that variance + eps is 1
        module.head.weight.copy_(torch.from_numpy(values["head_weight"].copy()))
    return module.state_dict()


def conv_pairs(module: DlibResNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution with the normalisation that follows it, from the crop upwards."""
    pairs = [(module.stem, module.norm)]
    for block in module.blocks:
        assert isinstance(block, ResidualBlock)
        pairs += [(block.conv1, block.norm1), (block.conv2, block.norm2)]
    return pairs
