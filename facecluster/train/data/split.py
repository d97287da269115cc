"""Which pictures are learned from, and which judge: classes kept unseen, pictures held out."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from facecluster.errors import SettingsError
from facecluster.evaluate.verification.pair_lists import picture_key
from facecluster.train.config import DataConfig
from facecluster.train.records import Pictures, Rows, Split

HOLDOUT = 0.1
HOLDOUT_OWN = 0.2  # of small sets that keep classes unseen by habit
HELD_OUT_FROM = 5  # pictures that a class must have before any is held out
LEAST = 2  # classes on either side: fewer give no different pairs
NAMED = 5  # names in a message


def split(pictures: Pictures, config: DataConfig, seed: int, kept: Collection[str] = ()) -> Split:
    """Share out the rows of `pictures`.

    Unseen are the classes that `config.val_classes` names; with `config.pairs` none otherwise,
    since those judge; else the ones that the set keeps by habit; else `val_share` of the classes,
    drawn by seed, at least 2, while at least 2 are left to learn from. Of each other class with 5
    pictures or more, the share `config.holdout` (None: 0.1, for sets with a habit 0.2) is held
    out, drawn by seed. kept: names of pictures that may not be learned from.
    Raises SettingsError when there are too few classes, or unknown ones are named.
    """
    rng = np.random.default_rng(seed)
    unseen = _unseen_classes(pictures, config, rng)
    share = config.holdout
    if share is None:
        share = HOLDOUT_OWN if pictures.own_val else HOLDOUT
    free = _free(pictures, kept)
    train, holdout = [], []
    for label in range(len(pictures.classes)):
        if label in unseen:
            continue
        rows = np.flatnonzero((pictures.labels == label) & free)
        held = _held_out(len(rows), share)
        order = rng.permutation(rows)
        holdout.append(order[:held])
        train.append(order[held:])
    _check_train(train, kept)
    judged = np.flatnonzero(np.isin(pictures.labels, sorted(unseen)))
    return Split(_sorted(train), _sorted(holdout), judged.astype(np.int64))


def _free(pictures: Pictures, kept: Collection[str]) -> np.ndarray:
    """bool [N]: not among the pictures that are kept."""
    keys = {picture_key(name) for name in kept}
    if not keys:
        return np.ones(len(pictures), bool)
    return np.array([picture_key(name) not in keys for name in pictures.names])


def _held_out(count: int, share: float) -> int:
    """How many of a class's pictures, with two or more left to learn from."""
    if count < HELD_OUT_FROM or share == 0:
        return 0
    return min(max(round(share * count), 1), count - 2)


def _sorted(parts: list[Rows]) -> Rows:
    return np.sort(np.concatenate(parts)).astype(np.int64)


def _check_train(train: list[Rows], kept: Collection[str]) -> None:
    if sum(len(rows) >= 2 for rows in train) < LEAST and kept:
        raise SettingsError(
            "data.pairs",
            "its pairs name so many pictures of the dataset that fewer than 2 classes "
            "are left to learn from; draw pairs from other pictures and name their folder with "
            "`data.pairs_images`",
        )


def _unseen_classes(pictures: Pictures, config: DataConfig, rng: np.random.Generator) -> set[int]:
    row = {name: number for number, name in enumerate(pictures.classes)}
    if config.val_classes:
        return _named(pictures, config.val_classes, row)
    if config.pairs is not None:
        return set()
    habit = [row[name] for name in pictures.own_val if name in row]
    if LEAST <= len(habit) <= len(row) - LEAST:
        return set(habit)
    if len(row) < 2 * LEAST:
        raise SettingsError(
            f"{pictures.source or 'the set'} has {len(row)} classes, and {2 * LEAST} are needed: "
            "two to learn from, two kept unseen to judge by; add classes, or judge by other "
            "pictures with `data.pairs` and `data.pairs_images`"
        )
    wanted = round(config.val_share * len(row))
    count = min(max(wanted, LEAST), len(row) - LEAST)
    return set(rng.permutation(len(row))[:count].tolist())


def _named(pictures: Pictures, names: tuple[str, ...], row: dict[str, int]) -> set[int]:
    unknown = [name for name in names if name not in row]
    if unknown:
        some = ", ".join(pictures.classes[:NAMED]) + (" …" if len(row) > NAMED else "")
        raise SettingsError(
            "data.val_classes", f"there is no class {unknown[0]!r}; known are {some}"
        )
    chosen = {row[name] for name in names}
    if len(chosen) < LEAST:
        raise SettingsError("data.val_classes", "name at least 2, one class has no different pairs")
    if len(row) - len(chosen) < LEAST:
        raise SettingsError("data.val_classes", "at least 2 classes must be left to learn from")
    return chosen
