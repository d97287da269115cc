"""What a checkpoint is made of: layers, parameters and work, by passing a crop through."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from facecluster.embed.anatomy import Anatomy, Layer, Port
from facecluster.train.model.checkpoint import Checkpoint, load


def checkpoint_anatomy(path: Path) -> tuple[Anatomy, Checkpoint]:
    """Take a checkpoint apart. Raises ModelError when the file is none of ours."""
    known = load(path)
    network = known.network()
    shape, views = known.shape, 2 if known.mirror else 1
    layers: list[Layer] = []
    hooks = [
        module.register_forward_hook(_Listener(name, layers, views))
        for name, module in network.backbone.named_modules()
        if not any(True for _ in module.children())
    ]
    sides = (shape.channels, shape.image_size, shape.image_size)
    with torch.no_grad():
        network(torch.zeros(1, *sides))
    for hook in hooks:
        hook.remove()
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    parameters = sum(p.numel() for p in network.parameters())
    anatomy = Anatomy(
        "checkpoint",
        (Port("pixels", "uint8", ("N", *sides)),),
        (Port("embedding", "float", ("N", shape.embedding_dim)),),
        tuple(layers),
        # Its factor goes into the kernel before it, its offset becomes that one's bias.
        parameters - sum(norm.num_features for norm in norms),
        views,
        known.spec(),
    )
    return anatomy, known


class _Listener:
    """Notes what passes a module that has no modules within."""

    def __init__(self, name: str, layers: list[Layer], views: int) -> None:
        self.name, self.layers, self.views = name, layers, views

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        parameters = sum(p.numel() for p in module.parameters())
        if any(layer.name == self.name for layer in self.layers):
            parameters = 0  # a module that is used again has its parameters once
        shape = (self.views * output.shape[0], *output.shape[1:])
        work = self.views * _work(module, output)
        self.layers.append(Layer(self.name, type(module).__name__, tuple(shape), parameters, work))


def _work(module: nn.Module, output: Tensor) -> int:
    """Multiply-adds for one view."""
    if isinstance(module, nn.Conv2d):
        return output.numel() * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    return 0
