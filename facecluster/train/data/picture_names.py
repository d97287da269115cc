"""What a set calls its pictures, without decoding one."""

from __future__ import annotations

import numpy as np

from facecluster.train.data.arrays import names_of
from facecluster.train.data.class_folders import class_of, list_classes
from facecluster.train.data.kinds import kind_of, read_arrays
from facecluster.train.records import Labels


def names_and_labels(dataset: str) -> tuple[tuple[str, ...], Labels]:
    """Names `class/file.ext` as in `Pictures`, and int64 [N] that tells the classes apart.

    Classes of one picture are there as well: they make different pairs.
    Raises SettingsError for what is not a set.
    """
    kind, path = kind_of(dataset)
    if kind != "folders":
        found = read_arrays(kind, path)
        return names_of(found.labels, found.classes), found.labels
    listing = list_classes(path, at_least=1)
    row = {name: number for number, name in enumerate(listing.classes)}
    names = tuple(file.path for file in listing.files)
    return names, np.array([row[class_of(name)] for name in names], np.int64)
