"""A perceptual hash: what stays of a picture when it is resized, compressed or edited a little.

The signs of the 256 slowest waves of a small grey picture (its DCT without the mean), as Zauner
describes it for 64 in "Implementation and benchmarking of perceptual image hash functions", 2010.
No library for it is needed: OpenCV, which has the DCT, has its hashes in another package, and
ImageHash would bring SciPy and PyWavelets into the start of every run. How far the hashes of copies
and of different photos lie apart is in docs/decisions/012-copies.md.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from facecluster.records import HASH_BYTES, Pixels

_SAMPLED: Final = 256  # px: sampled to this side first, since exact means of all pixels cost more
_SIDE: Final = 32  # px of the grey picture that is transformed
# The slowest waves first: what lies side by side in the hash is about as easily turned.
_WAVES: Final = tuple(
    np.array(
        sorted(
            ((row, column) for row in range(_SIDE) for column in range(_SIDE) if row + column),
            key=lambda wave: (sum(wave), wave),
        )[: 8 * HASH_BYTES]
    ).T
)


def picture_hash(pixels: Pixels) -> bytes:
    """HASH_BYTES bytes, of which few bits differ between two copies of one photo.

    pixels: uint8 [h, w, 3] RGB, upright. Brightness, contrast and colour hardly count, as only
    signs are kept.
    """
    some = cv2.resize(pixels, (_SAMPLED, _SAMPLED), interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(some, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.packbits(cv2.dct(grey)[_WAVES] > 0).tobytes()
