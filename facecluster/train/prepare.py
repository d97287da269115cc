"""From a configuration to a network and its pictures, ready to train."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from facecluster.base.machine import cores
from facecluster.base.paths import check_path
from facecluster.train.backbones import build, normalisation
from facecluster.train.config import TrainConfig
from facecluster.train.data.survey import Survey, survey
from facecluster.train.material import Material, gather
from facecluster.train.model.checkpoint import Checkpoint, NetworkShape
from facecluster.train.model.freezing import freeze
from facecluster.train.model.init import init_weights, take_shipped
from facecluster.train.model.network import EmbeddingNetwork, channels_last
from facecluster.train.recipes import (
    choose_backbone,
    choose_size,
    resolve,
    starts_trained,
)
from facecluster.train.run.device import pick_precision
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.folders import SKIPPED
from facecluster.train.run.reports import Listener, Plan
from facecluster.train.run.state.run_state import RunState
from facecluster.train.run.tuning import RunTuning

SKIPPED_SHOWN = 5  # pictures that could not be used


@dataclass(frozen=True, slots=True)
class Prepared:
    """config: with every None decided."""

    config: TrainConfig
    shape: NetworkShape
    network: EmbeddingNetwork
    material: Material

    def state(self, ranks: Ranks, tuning: RunTuning) -> RunState:
        """The run before its first batch."""
        return RunState(self.config, self.shape, self.network, self.material, ranks, tuning)

    def plan(self, name: str, state: RunState) -> Plan:
        """What is about to run, for the listener."""
        material, parameters = self.material, list(self.network.parameters())
        val = material.validation
        judged = {val.pictures.classes[label] for label in val.pictures.labels[val.rows]}
        return Plan(
            name=name,
            source=material.pictures.source,
            backbone=self.shape.backbone,
            image_size=self.shape.image_size,
            channels=self.shape.channels,
            embedding_dim=self.shape.embedding_dim,
            parameters=sum(p.numel() for p in parameters),
            trainable=sum(p.numel() for p in parameters if p.requires_grad),
            train_pictures=len(material.train_rows),
            train_classes=len(material.train_classes),
            holdout_pictures=len(material.split.holdout),
            val_pictures=len(val.rows),
            val_classes=len(judged),
            unseen_classes=len(judged - set(material.train_classes)),
            val_pairs=len(val.pairs),
            epochs=state.epochs,
            batches=state.batches,
            device=str(state.ranks.device),
            precision=self.config.precision,
        )


def prepare(
    config: TrainConfig, ranks: Ranks, listener: Listener, start: Checkpoint | None = None
) -> Prepared:
    """Load the data, decide what is open, and build the network.

    start: the checkpoint of a run that goes on; its network has the same shape. Raises a
    FaceclusterError for what a user can mend.
    """
    _check_paths(config)
    torch.set_num_threads(config.threads or cores())
    torch.manual_seed(config.seed)
    seen = survey(config.data)
    backbone = start.shape.backbone if start else config.model.backbone
    backbone = backbone or choose_backbone(seen.native_size, seen.aligned)
    size = start.shape.image_size if start else config.data.image_size
    size = size or choose_size(backbone, seen.suggested_size, seen.aligned)
    channels = start.shape.channels if start else seen.channels
    config = replace(config, data=replace(config.data, image_size=size))
    material = _gather(config, size, channels, ranks, listener, seen)
    flips, aligned = material.pictures.flips, material.pictures.aligned
    config = resolve(config, backbone, len(material.train_classes), flips, aligned)
    config = replace(config, precision=pick_precision(config.precision, ranks.device))
    assert config.model.embedding_dim is not None
    mean, std = normalisation(backbone, channels)
    shape = NetworkShape(backbone, size, config.model.embedding_dim, channels, mean, std)
    network = _network(config, shape, listener, start)
    network = channels_last(network.to(ranks.device))
    return Prepared(config, shape, network, material)


def _check_paths(config: TrainConfig) -> None:
    """Raise SettingsError for names that no file system takes, before anything is done."""
    check_path(config.runs, "runs")
    check_path(config.runs / (config.name or ""), "name")
    check_path(config.data.cache, "data.cache")
    check_path(config.data.pairs, "data.pairs")
    check_path(config.data.pairs_images, "data.pairs_images")
    check_path(config.model.init, "model.init")


def _gather(
    config: TrainConfig,
    size: int,
    channels: int,
    ranks: Ranks,
    listener: Listener,
    seen: Survey,
) -> Material:
    """The first rank packs the pictures, the others read what it packed."""
    if not ranks.first:
        ranks.agree(None)
    material = gather(config, size, channels, listener.progress, seen)
    if ranks.first:
        ranks.agree(None)
        _tell_skipped(material.pictures.skipped, listener)
    return material


def _tell_skipped(skipped: tuple[tuple[str, str], ...], listener: Listener) -> None:
    """The first few, and how many; the run's folder gets the whole list."""
    for name, reason in skipped[:SKIPPED_SHOWN]:
        listener.note(f"Skipped {name}: {reason}.")
    if len(skipped) > SKIPPED_SHOWN:
        listener.note(f"Skipped {len(skipped):,} in all; {SKIPPED} in the run's folder lists them.")


def _network(
    config: TrainConfig, shape: NetworkShape, listener: Listener, start: Checkpoint | None
) -> EmbeddingNetwork:
    """The network with its first weights: random, shipped, or from `model.init`."""
    network = EmbeddingNetwork(
        build(shape.backbone, shape.image_size, shape.embedding_dim, shape.channels),
        shape.mean,
        shape.std,
    )
    model = config.model
    if start is None and model.init is not None:
        for sentence in init_weights(network, shape.backbone, model.init):
            listener.note(sentence)
    elif start is None and starts_trained(shape.backbone, model):
        for sentence in take_shipped(network):
            listener.note(sentence)
    if model.freeze_until:
        freeze(network, model.freeze_until)
    return network
