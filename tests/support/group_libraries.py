"""Libraries that are grouped already, and what a loop over groups needs of them."""

from __future__ import annotations

import numpy as np


def library(
    seed: int, with_photos: bool, faces: int = 90
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Labels, embeddings and photos; no group has a photo twice, and sizes differ a lot."""
    rng = np.random.default_rng(seed)
    sizes = rng.geometric(0.25, faces)
    labels = np.repeat(np.arange(faces), sizes)[:faces]
    photo = np.concatenate([
        rng.permutation(20)[: (labels == g).sum()] for g in range(labels.max() + 1)
    ])  # fmt: skip
    labels, photo = labels[: len(photo)].astype(np.int32), photo.astype(np.int32)
    rows = rng.normal(size=(len(labels), 5)) + rng.normal(size=5) * 2
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return labels, rows, photo if with_photos else None


def mean(rows: np.ndarray, one: list[int], other: list[int]) -> float:
    return 1 - float((rows[one].astype(float) @ rows[other].T.astype(float)).mean())


def faces_of(labels: np.ndarray) -> list[list[int]]:
    return [np.nonzero(labels == g)[0].tolist() for g in range(labels.max() + 1)]


def numbered(groups: list[list[int]], count: int) -> np.ndarray:
    labels = np.empty(count, int)
    for number, group in enumerate(groups):
        labels[group] = number
    return labels


def clash(photo: np.ndarray | None, one: list[int], other: list[int]) -> bool:
    return photo is not None and bool(set(photo[one].tolist()) & set(photo[other].tolist()))
