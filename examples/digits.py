"""Train on the digits of scikit-learn from Python, then use what was learnt.

python examples/digits.py [--epochs N] [--runs FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from facecluster.errors import FaceclusterError
from facecluster.train.config import DataConfig, ModelConfig, Stage, TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.run.folders import BEST
from facecluster.train.run.reports import Silent

try:
    import torch

    from facecluster.train.loop import train
    from facecluster.train.material import Material, gather
    from facecluster.train.model.checkpoint import load
    from facecluster.train.plots.draw import save, scatter
except ImportError as error:
    sys.exit(f"This needs {error.name}: pip install 'facecluster[train]'")

SHOWN = 3  # held-out digits whose neighbours are printed
NEIGHBOURS = 5


class Epochs(Silent):
    """Prints one line per epoch; a listener hears batches and notes, too."""

    def epoch(self, row: EpochRow) -> None:
        print(f"epoch {row.epoch}: loss {row.loss:.3f}, accuracy on unseen {row.accuracy:.3f}")


def embed(network: torch.nn.Module, pixels: np.ndarray) -> np.ndarray:
    """float32 [N, D], rows of length 1, from uint8 [N, S, S, 1]."""
    with torch.no_grad():
        rows = network(torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2))
    embeddings: np.ndarray = rows.numpy()
    return embeddings


def show_neighbours(material: Material, embeddings: np.ndarray) -> None:
    """Held-out digits against those that were learnt from: similarity is a dot product."""
    names, labels = material.pictures.names, material.pictures.labels
    known, probes = material.train_rows, material.split.holdout
    similar = embeddings[probes] @ embeddings[known].T
    order = np.argsort(-similar, axis=1)[:, :NEIGHBOURS]
    right = labels[known[order[:, 0]]] == labels[probes]
    print(f"1-NN accuracy on {len(probes)} held-out digits: {right.mean():.4f}")
    for i in np.linspace(0, len(probes) - 1, SHOWN).astype(int):
        near = [f"{names[known[j]]} ({1 - similar[i, j]:.3f})" for j in order[i]]
        print(f"{names[probes[i]]}: {', '.join(near)}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Train on the digits of scikit-learn.")
    parser.add_argument("--epochs", type=int, help="fewer or more than the usual ones")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the run is kept")
    options = parser.parse_args()
    config = TrainConfig(
        DataConfig("digits"),  # 7, 8 and 9 are kept unseen
        ModelConfig("tiny"),
        stages=(Stage("triplet", options.epochs),) if options.epochs is not None else (),
        runs=options.runs,
    )
    try:
        result = train(config, Epochs())
        checkpoint = load(result.folder / BEST)
    except FaceclusterError as error:
        print(f"Error: {error}")
        return error.exit_code
    shape = checkpoint.shape
    material = gather(checkpoint.config, shape.image_size, shape.channels, lambda *_: None)
    pictures, unseen = material.pictures, material.split.unseen
    embeddings = embed(checkpoint.network(), pictures.pixels)
    assert result.best is not None
    print(f"verification accuracy on unseen digits: {result.best.accuracy:.4f}")
    show_neighbours(material, embeddings)
    figure = scatter(None, embeddings[unseen], pictures.labels[unseen], pictures.classes)
    save(figure, result.folder / "unseen.png")
    print(f"unseen digits in two dimensions: {result.folder / 'unseen.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
