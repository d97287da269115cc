"""The losses by name, with the margin and scale that each begins with. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LossDefaults:
    """margin: in the loss's own unit. most: the margin must be below it. scale: None where the
    loss has none."""

    margin: float
    most: float
    scale: float | None = None


# triplet: 0.2 on squared Euclidean distances is FaceNet's (Schroff et al. 2015).
# triplet-soft: a hinge with a round corner; 10 rounds it over about a margin's width.
# contrastive: on Euclidean distances. The distance of unrelated unit embeddings is about 1.4, and
#   the 1 of Hadsell et al. 2006 leaves those alone.
# circle: Sun et al. 2020 have 0.25 with gamma 256 for faces and 128 for people, and 0.4 with 80 for
#   fine-grained retrieval, whose small PK batches are like ours.
# arcface: Deng et al. 2019 have 0.5 rad with s 64 for ten thousands of people; a few dozen classes
#   are told apart with half of that, and the gradient stays in a range that suits the other losses.
DEFAULTS: dict[str, LossDefaults] = {
    "triplet": LossDefaults(margin=0.2, most=4.0),
    "triplet-soft": LossDefaults(margin=0.2, most=4.0, scale=10.0),
    "contrastive": LossDefaults(margin=1.0, most=2.0),
    "circle": LossDefaults(margin=0.25, most=1.0, scale=80.0),
    "arcface": LossDefaults(margin=0.5, most=1.57, scale=32.0),
}
