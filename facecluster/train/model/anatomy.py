"""What a checkpoint is made of: layers, parameters and work, by passing a crop through."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from facecluster.embed.anatomy import Anatomy, Layer, Port
from facecluster.train.model.checkpoint import Checkpoint, load


def checkpoint_anatomy(path: Path) -> tuple[Anatomy, Checkpoint]:
    """Take a checkpoint apart. Raises ModelError when the file is not one of ours."""
    known = load(path)
    network = known.network()
    shape, views = known.shape, 2 if known.mirror else 1
    layers: list[Layer] = []
    counter = FlopCounterMode(display=False)
    hooks = [
        module.register_forward_hook(_Listener(name, layers, views, counter))
        for name, module in network.backbone.named_modules()
        if not any(True for _ in module.children())
    ]
    sides = (shape.channels, shape.image_size, shape.image_size)
    with torch.no_grad(), counter:
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

    def __init__(
        self, name: str, layers: list[Layer], views: int, counter: FlopCounterMode
    ) -> None:
        self.name, self.layers, self.views, self.counter = name, layers, views, counter

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        parameters = sum(p.numel() for p in module.parameters())
        if any(layer.name == self.name for layer in self.layers):
            parameters = 0  # a module that is used again has its parameters once
        shape = (self.views * output.shape[0], *output.shape[1:])
        # Two operations are one multiply-add; what came before belongs to the layers before.
        before = sum(layer.multiply_adds for layer in self.layers)
        work = self.views * self.counter.get_total_flops() // 2 - before
        self.layers.append(Layer(self.name, type(module).__name__, tuple(shape), parameters, work))
