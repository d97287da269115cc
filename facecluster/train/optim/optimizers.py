"""Optimisers by name, and the learning rate as a function of how far the run has come."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from facecluster.train.config import OptimConfig, OptimizerName

# What each is usually started with; `optim.lr` overrides it.
USUAL_RATE: dict[OptimizerName, float] = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "sgd": 0.05,
    "adagrad": 1e-3,
    "rmsprop": 1e-3,
}
MOMENTUM = 0.9  # of sgd


def build_optimizer(modules: Iterable[nn.Module], config: OptimConfig) -> torch.optim.Optimizer:
    """The optimiser of all parameters that want gradients.

    Biases and the scales of normalisation layers (one-dimensional parameters) are not decayed, as
    decay would only fight the normalisation (He et al., "Bag of Tricks", CVPR 2019). config.lr and
    config.weight_decay must be set.
    """
    assert config.lr is not None
    wanted = [p for module in modules for p in module.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in wanted if p.ndim > 1], "weight_decay": config.weight_decay or 0.0},
        {"params": [p for p in wanted if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    match config.name:
        case "adam":
            return torch.optim.Adam(groups, lr=config.lr)
        case "adamw":
            return torch.optim.AdamW(groups, lr=config.lr)
        case "sgd":
            return torch.optim.SGD(groups, lr=config.lr, momentum=MOMENTUM, nesterov=True)
        case "adagrad":
            return torch.optim.Adagrad(groups, lr=config.lr)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=config.lr)


def rate_factor(config: OptimConfig, progress: float, epochs: float) -> float:
    """What the learning rate is multiplied with.

    progress: 0..1 of the run. epochs: that the run has, so that warm-up and steps can be told in
    epochs. Linear warm-up (Goyal et al. 2017), then half a cosine to 0 (Loshchilov and Hutter,
    SGDR, 2017), or steps.
    """
    epoch = progress * epochs
    warm = min(config.warmup, epochs / 2)  # a short run must not be all warm-up
    if epoch < warm:
        # Never quite 0, so that the first batch teaches something.
        return max(epoch / warm, 0.01)
    match config.schedule:
        case "cosine":
            done = (epoch - warm) / max(epochs - warm, 1e-9)
            return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
        case "step":
            return config.step_factor ** int(epoch // config.step_epochs)
        case "constant":
            return 1.0


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def gradient_norm(modules: Iterable[nn.Module], largest: float) -> float:
    """Euclidean norm of all gradients, which are scaled down to `largest` (0: left as they are).

    Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
    """
    wanted = [p for module in modules for p in module.parameters() if p.grad is not None]
    return float(nn.utils.clip_grad_norm_(wanted, largest or math.inf))
