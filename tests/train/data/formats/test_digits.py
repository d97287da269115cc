"""What the trainer is for, in small: digits that it never saw are told apart."""

from __future__ import annotations

from pathlib import Path

import torch

from facecluster.train.config import DataConfig, ModelConfig, Stage, TrainConfig
from facecluster.train.loop import train


def test_two_epochs_tell_unseen_digits_apart(tmp_path: Path) -> None:
    """Raw pixels tell pairs of 7, 8 and 9 apart with 0.75."""
    threads = torch.get_num_threads()
    config = TrainConfig(
        DataConfig("digits", image_size=16),
        ModelConfig("tiny"),
        stages=(Stage("triplet", 2),),
        precision="float32",
        threads=1,
        runs=tmp_path,
    )
    try:
        best = train(config).best
    finally:
        torch.set_num_threads(threads)
    assert best is not None
    assert best.accuracy > 0.78
    assert best.holdout_accuracy > 0.97
