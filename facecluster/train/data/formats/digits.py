"""The 1,797 handwritten digits that scikit-learn ships: nothing to fetch, nothing to unpack.

Alpaydin, Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998
(the test part).
"""

from __future__ import annotations

import numpy as np

from facecluster.train.data.arrays import ArraySet, named_by_label

WORD = "digits"


def read_digits() -> ArraySet:
    """8x8 px of ink from 0 to 16, stretched to 0..255."""
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels = np.rint(np.asarray(found.images) * (255 / 16)).astype(np.uint8)[..., None]
    labels, classes = named_by_label(np.asarray(found.target))
    return ArraySet(pixels, labels, classes, flips=False, source="digits of scikit-learn")
