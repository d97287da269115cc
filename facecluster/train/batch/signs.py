"""Further classes out of few, for pictures whose class does not survive a turn, such as digits.

A network that learns only seven easy classes soon tells them apart by what no other class will
have. Signs that are made of the same pictures, in their hundreds, make it look at more. Loads no
torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facecluster.records import Pixels
from facecluster.train.records import Labels, Rows

WAYS = 8  # four turns, each mirrored or not
WHOLE, UPPER, LEFT = range(3)  # which half is the picture's own; the rest is its partner's


@dataclass(frozen=True, slots=True)
class SignTuning:
    """joined: share of the groups that are halves of two classes. group: pictures of a sign, where
    they divide those of a class. docs/decisions/005-signs.md has the trials."""

    joined: float = 0.7
    group: int = 4


SIGN_TUNING = SignTuning()


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch shows, place by place: all int64 [B].

    rows: of the pictures. labels: what they are to the loss. partners: rows of the pictures that
    give the other half. halves: WHOLE, UPPER or LEFT. ways: 0..7, quarter turns, mirrored from 4.
    """

    rows: Rows
    labels: Labels
    partners: Rows
    halves: Labels
    ways: Labels

    def draw(self, pixels: Pixels, places: slice | Rows) -> Pixels:
        """The pictures at `places` of the batch: uint8 [n, S, S, C], of pixels [N, S, S, C]."""
        drawn: Pixels = np.array(pixels[self.rows[places]])
        halves, ways = self.halves[places], self.ways[places]
        middle = drawn.shape[1] // 2
        joined = np.flatnonzero(halves != WHOLE)
        other = pixels[self.partners[places][joined]]
        upper = halves[joined] == UPPER
        drawn[joined[upper], middle:] = other[upper, middle:]
        drawn[joined[~upper], :, middle:] = other[~upper, :, middle:]
        for way in np.unique(ways[ways > 0]):
            turned = np.rot90(drawn[ways == way], way % 4, (1, 2))
            drawn[ways == way] = turned[:, :, ::-1] if way >= 4 else turned
        return drawn


def as_they_are(rows: Rows, labels: Labels) -> Batch:
    """The pictures themselves."""
    nothing = np.zeros(len(rows), np.int64)
    return Batch(rows, labels, rows, nothing, nothing)


def make_signs(
    rows: Rows,
    labels: Labels,
    pictures: int,
    seed: list[int],
    tuning: SignTuning = SIGN_TUNING,
) -> Batch:
    """Make every few pictures of a class a sign of their own, all of them in the same way.

    A sign is a class turned, mirrored or both, as in Santoro et al., "Meta-learning with
    memory-augmented neural networks", ICML 2016, and mostly the halves of two classes joined
    before: it differs from picture to picture as handwriting does, but is none of the classes.
    Groups that come to the same sign by chance have the same label.

    rows, labels: int64 [B], the `pictures` of a class in turn, as PKSampler gives them. seed: for
    all that is drawn. The result's labels count from 0 within the batch.
    """
    size = tuning.group if pictures % tuning.group == 0 else pictures
    random = np.random.default_rng(seed)
    places = np.arange(len(rows)).reshape(-1, size)
    own = labels[places[:, 0]]
    order = random.permutation(len(places))
    halves = random.integers(UPPER, LEFT + 1, len(places))
    halves[(random.random(len(places)) >= tuning.joined) | (own == own[order])] = WHOLE
    ways = random.integers(0, WAYS, len(places))
    others = np.where(halves == WHOLE, own, own[order])
    signs = np.unique(np.stack([own, others, halves, ways]), axis=1, return_inverse=True)[1]
    return Batch(
        rows,
        np.repeat(signs.reshape(-1), size).astype(np.int64),
        rows[places[order]].reshape(-1),
        np.repeat(halves, size),
        np.repeat(ways, size),
    )
