"""Everything that changes while a network is trained, and its way into a checkpoint and back."""

from __future__ import annotations

from facecluster.errors import ModelError
from facecluster.train.batch.composer import Composer
from facecluster.train.config import TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.material import Material
from facecluster.train.model.checkpoint import ODD, Checkpoint, NetworkShape
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.recipes import recipe_for
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.state.judged import Judged
from facecluster.train.run.state.learner import Learner
from facecluster.train.run.state.position import Position
from facecluster.train.run.state.randomness import Randomness
from facecluster.train.run.tuning import RUN_TUNING, RunTuning


class RunState:
    """A run in memory: what it was started with, and the parts that a checkpoint keeps.

    config: with every None decided (recipes.py). composer: which pictures a batch shows; a function
    of seed, epoch and batch, so that there is nothing of it to keep.
    """

    def __init__(
        self,
        config: TrainConfig,
        shape: NetworkShape,
        network: EmbeddingNetwork,
        material: Material,
        ranks: Ranks,
        tuning: RunTuning = RUN_TUNING,
    ) -> None:
        self.config, self.shape, self.material, self.ranks = config, shape, material, ranks
        self.tuning = tuning
        self.composer = Composer(config, material, tuning.shortest_epoch, tuning.signs)
        self.random = Randomness(config.seed, ranks.rank)
        recipe = recipe_for(shape.backbone, config.model, material.pictures.aligned)
        self.learner = Learner(config, network, material, ranks, self.random, recipe.frozen_norms)
        self.position = Position()
        self.judged = Judged()

    @property
    def batches(self) -> int:
        """Of an epoch."""
        return self.composer.batches_per_epoch

    @property
    def epochs(self) -> int:
        return sum(stage.epochs for stage in self.config.stages)

    @property
    def done(self) -> int:
        """Batches since the run began."""
        return self.position.epoch * self.batches + self.position.batch

    def close_epoch(self, row: EpochRow, seconds: float) -> None:
        """Take the validated epoch into the history, and turn to the next.

        seconds: spent by now.
        """
        self.judged.add(row)
        self.position.close_epoch(row.best, seconds)

    def checkpoint(self, seconds: float) -> Checkpoint:
        """What is worth keeping now: averaged weights, and all that `restore` needs.

        seconds: that the run has taken so far.
        """
        material = self.material
        return Checkpoint(
            config=self.config,
            shape=self.shape,
            weights=self.learner.weights(),
            aligned=material.pictures.aligned,
            mirror=bool(self.config.model.mirror),
            source=material.pictures.source,
            classes=material.train_classes,
            calibrations=self.judged.calibrations,
            history=self.judged.history,
            resume={
                **self.learner.state(),
                "position": self.position.to_json(seconds),
                **self.random.state(),
            },
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on where `checkpoint` was. Raises ModelError when it does not belong to this run."""
        kept = checkpoint.resume
        if checkpoint.shape != self.shape or not kept:
            raise ModelError(
                f"the checkpoint holds {checkpoint.shape.backbone}, this run "
                f"{self.shape.backbone}: go on with the settings that it was started with"
            )
        try:
            self.learner.restore(kept, checkpoint.weights)
            self.position = Position.from_json(kept["position"])
            self.judged = Judged(checkpoint.history, checkpoint.calibrations)
            self.random.restore(kept)
        except ODD as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
            raise ModelError(
                f"the checkpoint cannot be gone on with ({reason}); start a new run, with it as "
                "`model.init`"
            ) from error
