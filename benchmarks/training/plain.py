"""A training loop as most scripts have it: pytorch-metric-learning's sampler, miner and loss.

The settings are those of its own example for MNIST: semi-hard triplets within a margin of 0.2 on
cosine similarity, Adam. Loader, flips and float32 are what PyTorch gives without further thought.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import torch
from pytorch_metric_learning import (  # type: ignore[import-untyped]
    distances,
    losses,
    miners,
    reducers,
    samplers,
)
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from facecluster.train.material import Material
from facecluster.train.model.embed import embed_views
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.run.validate import judge_pairs

MARGIN, RATE = 0.2, 1e-3
CPU = torch.device("cpu")


class Crops(Dataset[tuple[Tensor, int]]):
    """The training pictures, in memory: float32 [C, S, S] of 0..255 and the label of each."""

    def __init__(self, material: Material) -> None:
        pixels = material.pictures.pixels[material.train_rows]
        self._pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
        self._labels = material.train_labels.tolist()
        self._flips = material.pictures.flips

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, row: int) -> tuple[Tensor, int]:
        picture = self._pixels[row].float()
        if self._flips and torch.rand(()) < 0.5:
            picture = picture.flip(-1)
        return picture, self._labels[row]


@dataclass(frozen=True, slots=True)
class Batches:
    """P classes x K pictures, and how many validations the whole time has."""

    classes: int
    pictures: int
    validations: int


def train_plain(
    network: EmbeddingNetwork, material: Material, batches: Batches, seconds: float
) -> tuple[list[dict[str, Any]], float]:
    """Train for `seconds`; validation and loading are not counted.

    Gives a row for each validation (`seconds` of training by then, and the figures of
    facecluster.train.run.validate.Verdict), and pictures per second.
    """
    for parameter in network.parameters():  # the layout that PyTorch makes layers with
        parameter.data = parameter.data.contiguous()
    loader = _loader(material, batches)
    similarity = distances.CosineSimilarity()
    miner = miners.TripletMarginMiner(
        margin=MARGIN, distance=similarity, type_of_triplets="semihard"
    )
    loss = losses.TripletMarginLoss(
        margin=MARGIN, distance=similarity, reducer=reducers.ThresholdReducer(low=0)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    rows: list[dict[str, Any]] = []
    spent, seen = 0.0, 0
    start = time.perf_counter()
    for pixels, labels in _endless(loader):
        network.train()
        embeddings = network(pixels)
        value = loss(embeddings, labels, miner(embeddings, labels))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        seen += len(labels)
        now = spent + time.perf_counter() - start
        if now >= seconds * (len(rows) + 1) / batches.validations:
            rows.append({"seconds": now} | _judged(network, material))
            spent, start = now, time.perf_counter()
            if now >= seconds:
                break
    return rows, seen / spent


def _loader(material: Material, batches: Batches) -> DataLoader[tuple[Tensor, int]]:
    size = batches.classes * batches.pictures
    labels, count = material.train_labels, len(material.train_labels)
    sampler = samplers.MPerClassSampler(
        labels, m=batches.pictures, batch_size=size, length_before_new_iter=max(count, size)
    )
    return DataLoader(Crops(material), batch_size=size, sampler=sampler)


def _endless(loader: DataLoader[tuple[Tensor, int]]) -> Iterator[Any]:
    while True:
        yield from loader


def _judged(network: EmbeddingNetwork, material: Material) -> dict[str, float]:
    """By the code that judges our own training, on the same pairs."""
    val = material.validation
    network.eval()
    views = embed_views(network, val.pictures.pixels, val.rows, CPU, nullcontext)
    return asdict(judge_pairs(views[1 if material.pictures.flips else 0], val.pairs))
