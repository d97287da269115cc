"""What the word or path that a user gives as a dataset stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from facecluster.errors import SettingsError
from facecluster.train.data.arrays import ArraySet
from facecluster.train.data.formats.cifar import is_cifar, read_cifar
from facecluster.train.data.formats.digits import WORD, read_digits
from facecluster.train.data.formats.idx import idx_images, is_idx, read_idx

Kind = Literal["folders", "idx", "cifar", "digits"]


def kind_of(dataset: str) -> tuple[Kind, Path]:
    """What `dataset` names, and where. The word `digits` wins over a folder of that name, which
    `./digits` gives. Raises SettingsError when it is nothing that we read."""
    path = Path(os.path.expanduser(dataset))
    if dataset == WORD:
        return "digits", path
    if not dataset or not os.path.exists(path):
        raise SettingsError(
            f"{dataset}: there is no such folder; give a folder of class folders, MNIST IDX files, "
            f"a CIFAR archive, or the word {WORD}"
        )
    if is_idx(path) or (path.is_dir() and idx_images(path)):
        return "idx", path
    if is_cifar(path):
        return "cifar", path
    if path.is_dir():
        return "folders", path
    raise SettingsError(
        f"{dataset}: not a set of pictures that we read; give a folder of class folders, "
        "an images-idx3-ubyte file of MNIST, or cifar-10-python.tar.gz"
    )


def read_arrays(kind: Kind, path: Path) -> ArraySet:
    """The set of any kind but folders. Raises FaceclusterError for a damaged file."""
    if kind == "digits":
        return read_digits()
    return read_idx(path) if kind == "idx" else read_cifar(path)
