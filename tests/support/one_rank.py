"""One process of a run with several: trains one step on its share of a batch, keeps the gradients.

Run as a script by test_distributed.py with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT set.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import nn

from facecluster.train.batch.augment import Augment
from facecluster.train.config import OptimConfig
from facecluster.train.losses.build import build_loss
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.optim.optimizers import build_optimizer
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.step import Stepper


def network() -> EmbeddingNetwork:
    """Without batch norms, whose statistics on CPUs are those of each rank's own share."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 8)]
    return EmbeddingNetwork(nn.Sequential(*layers), (127.5,), (128.0,))


def gradients(loss_name: str, mining: str, keep: float) -> dict[str, torch.Tensor]:
    """The gradient of every parameter after one step on 12 pictures of 3 classes."""
    ranks = Ranks(torch.device("cpu"))
    generator = torch.Generator().manual_seed(1)
    made, teacher = network(), network()
    for parameter in teacher.parameters():
        parameter.data += 0.1
    loss = build_loss(
        loss_name,
        mining=mining,
        margin=None,
        scale=None,
        embedding_dim=8,
        classes=3,
        generator=generator,
    )
    optimizer = build_optimizer((made, loss), OptimConfig(lr=1e-3))
    stepper = Stepper(
        ranks.wrap(made),
        loss,
        optimizer,
        Augment("none", False, generator),
        ranks,
        ranks.device,
        "float32",
        0.0,
        keep,
        teacher if keep else None,
    )
    pixels = torch.randint(0, 256, (12, 1, 8, 8), generator=generator).to(torch.uint8)
    labels = torch.arange(3).repeat(4)
    share = ranks.share(len(pixels))
    stepper(pixels[share], labels)
    ranks.close()
    named = [*made.named_parameters(), *loss.named_parameters()]
    return {name: p.grad.clone() for name, p in named if p.grad is not None}


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.save(gradients(sys.argv[2], sys.argv[3], float(sys.argv[4])), Path(sys.argv[1]))
