"""Several processes as one trainer: each embeds its share of a batch, all mine the whole batch.

Started by `torchrun -m facecluster train ...`. Gradients are averaged by DistributedDataParallel
(Li et al., "PyTorch Distributed", VLDB 2020); the embeddings of all ranks are gathered, so that
the loss is that of the joint batch.
"""

from __future__ import annotations

import os
import warnings
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel

from facecluster.errors import SettingsError

Value = TypeVar("Value")


class Ranks:
    """The processes of this run; a single process needs no setting up and does nothing here."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.rank = int(os.environ.get("RANK", "0"))
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self._started = False
        if self.world > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
            self._started = True

    @property
    def first(self) -> bool:
        """Whether this process writes files and talks."""
        return self.rank == 0

    def share(self, size: int) -> slice:
        """Which rows of a joint batch of `size` are this rank's: equal parts, in order.

        Raises SettingsError when the batch cannot be divided.
        """
        if size % self.world:
            raise SettingsError(
                f"`classes` x `pictures` is {size}; it must be divisible by {self.world} processes"
            )
        each = size // self.world
        return slice(self.rank * each, (self.rank + 1) * each)

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network with its gradients averaged over the ranks.

        On GPUs batch norms see the joint batch; on CPUs, where PyTorch has no such layer, each
        rank's own share.
        """
        if self.world == 1:
            return network
        # Of kernels with one channel, whose two layouts are the same numbers in the same order.
        warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")
        if self.device.type == "cuda":
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
            return DistributedDataParallel(network, device_ids=[self.device.index or 0])
        return DistributedDataParallel(network)

    def gather(self, embeddings: Tensor) -> Tensor:
        """The embeddings of all ranks [N * world, D], in the order of `share`.

        Gradients flow to this rank's own rows only; every rank computes the whole loss, so the sum
        over ranks is the gradient of the joint batch. Multiply the loss by `world`, as the wrapped
        network divides by it.
        """
        if self.world == 1:
            return embeddings
        parts = [torch.empty_like(embeddings) for _ in range(self.world)]
        dist.all_gather(parts, embeddings.detach().contiguous())
        parts[self.rank] = embeddings
        return torch.cat(parts)

    def settle(self, module: nn.Module) -> None:
        """Settle the gradients of a module that is not wrapped, such as a loss with weights.

        Every rank computed the whole gradient, `world` times as large like the loss. They agree but
        for rounding, and the mean keeps the ranks from drifting apart.
        """
        if self.world == 1:
            return
        for parameter in module.parameters():
            if parameter.grad is not None:
                dist.all_reduce(parameter.grad)
                parameter.grad /= self.world**2

    def agree(self, value: Value) -> Value:
        """What the first rank says, on all of them."""
        if self.world == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0)
        return box[0]

    def close(self) -> None:
        if self._started:
            dist.destroy_process_group()
            self._started = False
