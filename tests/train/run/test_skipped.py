"""Pictures that cannot be used: a few are told, all are listed in the run's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facecluster.train.config import DataConfig, ModelConfig, Stage, TrainConfig
from facecluster.train.loop import train
from facecluster.train.run.folders import SKIPPED
from facecluster.train.run.reports import Plan, Silent


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


class Heard(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.plans: list[Plan] = []

    def start(self, plan: Plan) -> None:
        self.plans.append(plan)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def run(tmp_path: Path, rng: np.random.Generator, broken: int) -> tuple[Path, Heard]:
    for name in "abcd":
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(6):
            pixels = rng.integers(0, 256, (16, 16, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{number}.png")
    for number in range(broken):
        (tmp_path / "set" / "a" / f"broken {number}.png").write_bytes(b"no picture")
    heard = Heard()
    config = TrainConfig(
        DataConfig(str(tmp_path / "set"), align="none", image_size=12, val_pairs=10),
        ModelConfig("tiny", 8),
        stages=(Stage("triplet", 1),),
        precision="float32",
        threads=1,
        runs=tmp_path / "runs",
    )
    return train(config, heard).folder, heard


def test_many(tmp_path: Path, rng: np.random.Generator) -> None:
    folder, heard = run(tmp_path, rng, broken=7)
    told = [note for note in heard.notes if note.startswith("Skipped a/broken")]
    assert len(told) == 5
    assert "Skipped 7 in all; skipped.txt in the run's folder lists them." in heard.notes
    lines = (folder / SKIPPED).read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == [f"a/broken {i}.png" for i in range(7)]
    assert all(len(line.split("\t")) == 2 and line.split("\t")[1] for line in lines)
    assert heard.plans[0].unseen_classes == heard.plans[0].val_classes == 2


def test_none(tmp_path: Path, rng: np.random.Generator) -> None:
    folder, heard = run(tmp_path, rng, broken=0)
    assert not [note for note in heard.notes if "Skipped" in note]
    assert not (folder / SKIPPED).exists()
