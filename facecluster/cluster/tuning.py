"""Every number that decides who is who, as values that constructors take.

They are shares of strangers, numbers of faces and factors; no distance is among them, so that a
model of one's own brings its own. `Tuning` holds them all and is part of the key under which a
finished grouping is kept. How they were chosen: docs/decisions/002-grouping.md (gate), 008-auto.md
(auto and the rule of shared photos), 009-many-faces.md (pieces, groups, density and search).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.search.limits import SearchLimits


@dataclass(frozen=True, slots=True)
class Gate:
    """Which faces build people, and how the others join them (docs/quality.md, "Hard faces").

    Attributes
    ----------
    trusted : quality in 0..1 from which a face may build people.
    poor_reach : of the distance at which good faces join a person, for the others to join one ...
    poor_rate : ... and no farther than this share of pairs of strangers is.
    most_poor : poor faces that join a person, for each face that built it. Blurred and hidden faces
        of strangers are near each other; who draws more of them than this is not a person but the
        place where they meet.
    choices : nearest people that a face may try; the photo rule can close the first ones.
    """

    trusted: float = 0.93
    poor_reach: float = 1.0
    poor_rate: float = 1e-3
    most_poor: float = 2.0
    choices: int = 4


@dataclass(frozen=True, slots=True)
class AutoTuning:
    """The default method. Chosen over two halves of people by `python -m fitting.constants`
    (docs/decisions/008-auto.md; pieces and `some`: 009-many-faces.md).

    Attributes
    ----------
    expected : strangers that a face may expect within the distance of the first pass, and a group
        within that of the second.
    singles : strangers that a single face may expect within the distance at which it joins a group.
    widest_first : share of pairs of strangers that the first pass reaches at most; two faces say
        less than two groups do.
    widest : the same for groups, and for single faces that join them.
    large : faces from which a group is large, so that fragments may join it ...
    false_joins : ... up to this nominal share of false joins ...
    widest_join : ... and no farther than this share of pairs of strangers.
    passes : in which the groups of a weak model merge, at most.
    pieces : groups of at least so many faces merge with their like, one size after the other ...
    false_merges : ... up to this nominal share of false merges.
    some : single faces join groups of at least so many faces, one size after the other.
    """

    expected: float = 0.2
    singles: float = 0.02
    widest_first: float = 1e-4
    widest: float = 3e-3
    large: int = 8
    false_joins: float = 0.7
    widest_join: float = 5e-3
    passes: int = 10
    pieces: tuple[int, ...] = (2, 4, 8)
    false_merges: float = 0.2
    some: tuple[int, ...] = (16, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Expected:
    """Strangers that a face may expect within the distance of the methods that know only one, and
    the share of pairs of strangers that these reach at most. What led to each is not written down;
    what these methods do with them is in docs/quality.md."""

    agglomerative: float = 1.5
    hdbscan: float = 1.0
    kmeans: float = 0.7
    widest: float = 1e-3


@dataclass(frozen=True, slots=True)
class DensityTuning:
    """HDBSCAN (docs/decisions/009-many-faces.md).

    Attributes
    ----------
    exact_faces : faces up to which the density tree is made of all pairs.
    links : nearest faces that each one is linked to in the tree for more faces.
    bound : of the distance; in that tree all that are farther apart are as far. Among 10,000 faces
        of LFW and pins44 the groups are those of all pairs from 1.4 on.
    burst : of the distance; faces within it are frames of a burst, which are not told apart. Up to
        it ordinary libraries lose nothing. Where each tenth photo is a burst of up to 30 frames,
        BCubed F is 0.87 instead of 0.20 (pins44), 0.86 and 0.90 instead of 0.44 and 0.47 (mixes).
    large : faces; the first pass looks for groups of at least so many.
    reach : of the distance; a face whose mean distance to its group is larger is noise. HDBSCAN's
        groups are stretched, so their members may lie a bit wider.
    """

    exact_faces: int = 2000
    links: int = 16
    bound: float = 1.5
    burst: float = 0.3
    large: int = 5
    reach: float = 1.1


@dataclass(frozen=True, slots=True)
class KMeansTuning:
    """k-means; mini-batches by time (docs/decisions/009-many-faces.md).

    Attributes
    ----------
    runs : of k-means++, of which the best is taken.
    exact_faces : faces up to which every step looks at all of them.
    batch : faces of a step above that.
    comparisons : faces times centres that these steps compare at most.
    """

    runs: int = 4
    exact_faces: int = 50_000
    batch: int = 8192
    comparisons: float = 2e10


@dataclass(frozen=True, slots=True)
class CurveTuning:
    """How a model's false-accept table becomes a curve.

    Attributes
    ----------
    shape : the table of a model that brings none: false-accept rates, and distances as shares of
        the model's grouping distance. Those of the shipped embedder (export/recipe.py).
    good_rate : share of strangers that a good model's grouping distance stays below
        (evaluate/calibration/thresholds.py).
    of_people, of_faces, of_both : of the variance among the distances of strangers, the share that
        is between people, that of either face, and that of the two together; the last two shrink
        as groups take the place of faces. As `python -m fitting.strangers` finds them
        (docs/decisions/009-many-faces.md).
    usual : faces of one photo are strangers for sure, but they share light, camera and often
        family: this many times the usual share of strangers is nothing to speak of
        (docs/decisions/008-auto.md).
    """

    shape: tuple[tuple[float, float], ...] = (
        (1e-1, 1.90),
        (1e-2, 1.45),
        (1e-3, 1.18),
        (1e-4, 0.98),
        (1e-5, 0.82),
        (1e-6, 0.69),
    )
    good_rate: float = 1e-3
    of_people: float = 0.60
    of_faces: float = 0.32
    of_both: float = 0.08
    usual: float = 3.0


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """What the evidence for and against a grouping looks at. Set before the weights were fitted to
    it; who changes one fits them anew.

    Attributes
    ----------
    rarest : false-accept rate; smaller ones say no more than this one.
    sample : faces of a person that are looked at when it is split.
    several : faces from which a part of a person may be somebody else.
    a_few : faces up to which each one more says a lot.
    neighbours : nearest people that each person is compared with.
    far : false-accept rate; pairs of people farther apart than its distance are not asked about.
    """

    rarest: float = 1e-9
    sample: int = 400
    several: int = 2
    a_few: int = 4
    neighbours: int = 3
    far: float = 3e-2


@dataclass(frozen=True, slots=True)
class ConfidenceWeights:
    """Weights of the evidence in its order and the intercept, for faces, for people and for pairs
    of people, as `python -m fitting.confidence` prints them. least: chance from which a pair of
    people is worth a look."""

    faces: tuple[float, ...] = (2.377, -0.94, 0.951, 1.108, 0.516, -0.874, -4.865)
    people: tuple[float, ...] = (1.945, -1.157, 0.913, 4.712, 0.751, -1.044, -10.452)
    pairs: tuple[float, ...] = (4.248, -0.887, -1.493, -1.086, 0.734, -0.241, -1.342)
    least: float = 0.05


@dataclass(frozen=True, slots=True)
class TwiceTuning:
    """When a photo shows a person twice (docs/decisions/016-twice-in-a-photo.md).

    Attributes
    ----------
    sheets : false-accept rate and a number of faces: a photo in which so many show somebody again,
        as far as faces within the distance of that rate are one person, is a collage. In the 508
        photos with several faces of LFW and an album of families nobody is that near.
    pieces : the same for groups in place of faces, by the chance that they are one person.
    shown_twice : share of the photos of a person that show them twice.
    together : share of the photos of two people who look alike that show both.
    surest : chance that two people are one that faces alone can give, beside photos of both.
    all_the_same : of the chance that two people are one by all but their photos, what is left
        however many photos show both; some people make many collages. It only lists them.
    likely : chance that two groups are one person, from which the photos that show both do not keep
        them apart.
    faces : good faces up to which groups are formed anew without these photos; among more, groups
        only join, since a second grouping of a million faces takes minutes.
    rounds : of grouping, at most; each finds photos by the groups of the one before.
    """

    sheets: tuple[tuple[float, int], ...] = ((1e-4, 3), (1e-5, 2), (1e-8, 1))
    pieces: int = 3
    shown_twice: float = 0.01
    together: float = 0.3
    surest: float = 0.999
    all_the_same: float = 0.1
    likely: float = 0.5
    faces: int = 50_000
    rounds: int = 4

    def one_person(
        self, alike: NDArray[np.floating], shared: NDArray[np.int64], photos: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The chance of one person by Bayes, where `shared` of `photos` show both, which `alike`
        is by all but these; as it is where none does. Arrays [Q]."""
        together = np.log(self.shown_twice / self.together)
        apart = np.log((1 - self.shown_twice) / (1 - self.together))
        sure = np.minimum(alike.astype(np.float64), self.surest)
        weight = shared * together + (photos - shared) * apart
        one = sure * np.exp(np.minimum(weight, 700))  # of thousands of photos it has no end
        return np.where(shared > 0, one / (one + 1 - sure), alike)


@dataclass(frozen=True, slots=True)
class CopyTuning:
    """What makes two files copies of one photo (docs/decisions/012-copies.md).

    Attributes
    ----------
    bits : of 256, in which the picture hashes differ at most.
    place : of the picture's sides, by which the landmarks of a face may be elsewhere in a copy:
        edges may be cut off.
    shape, shape_px : of the face's size, by which landmarks may be elsewhere among each other, plus
        so many px over the size of the smaller face ...
    near, near_px : ... and of the model's distance for grouping, by which embeddings may be apart,
        plus so many px over that size. The more bits differ, the less is allowed, down to nothing
        at `bits`.
    sure, wider : where no more bits than `sure` differ, so many times these two.
    odd : share of the faces that both show that may be farther apart.
    neighbours : pictures that each is compared with, for each word of the hash that they share.
    few : copies of a photo up to which faces are looked for that only some of them show.
    pairs : of pictures that are compared at once, which only memory depends on.
    """

    bits: int = 84
    place: float = 0.1
    shape: float = 0.04
    shape_px: float = 1.2
    near: float = 0.16
    near_px: float = 25.0
    sure: int = 24
    wider: float = 2.0
    odd: float = 0.5
    neighbours: int = 24
    few: int = 32
    pairs: int = 1 << 17


@dataclass(frozen=True, slots=True)
class Tuning:
    """All of them."""

    gate: Gate = field(default_factory=Gate)
    auto: AutoTuning = field(default_factory=AutoTuning)
    expected: Expected = field(default_factory=Expected)
    density: DensityTuning = field(default_factory=DensityTuning)
    kmeans: KMeansTuning = field(default_factory=KMeansTuning)
    curve: CurveTuning = field(default_factory=CurveTuning)
    evidence: EvidenceLimits = field(default_factory=EvidenceLimits)
    weights: ConfidenceWeights = field(default_factory=ConfidenceWeights)
    twice: TwiceTuning = field(default_factory=TwiceTuning)
    copies: CopyTuning = field(default_factory=CopyTuning)
    search: SearchLimits = field(default_factory=SearchLimits)


DEFAULT = Tuning()
