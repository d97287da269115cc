"""Made-up people whose faces lie as those of real people do: near their own, far from others.

A person is a centre and a spread. Centres come from a mixture of normal distributions that is
fitted to one face each of many real people, less the spread within a person. The spread is that of
a real person, the donor: each face takes the length of one of the donor's real faces' distance from
the mean, together with that face's quality, and a direction that mixes the real one with a random
one in which the donor's faces, and to a part everybody's, vary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.rules import unit
from facecluster.records import Floats

FEWEST = 10  # faces of a donor
KINDS = 4  # normal distributions of the mixture, where there are ...
EACH = 1000  # ... so many people for each
REAL = 0.3  # of the squared length that goes in the direction of the real face
SHARED = 20  # everybody's directions weigh as so many faces of the donor
POOL = 40  # faces of a donor that stand for it among everybody
BLOCK = 8192  # faces drawn at once; each block has a seed of its own


@dataclass(frozen=True, slots=True)
class Real:
    """Faces whose person is known, and others. embeddings: float32 [N, D], unit rows. quality:
    float32 [N] in 0..1. people: int64 [N], -1 for a face in the background."""

    name: str
    embeddings: Floats
    quality: Floats
    people: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bank:
    """What faces are drawn from.

    shares [K], means [K, D], roots [K, D, D]: the mixture of centres; a root times its transpose is
    a covariance. residuals [R, D], quality [R]: faces of the donors less their means; donor i has
    the rows from starts[i] to starts[i + 1]. chances [P]: of each donor. origin [P]: which set it
    came from. pool [Q, D]: residuals of everybody. poor_mean, poor_root, poor_quality: poor faces
    of unknown people.
    """

    shares: NDArray[np.float64]
    means: Floats
    roots: Floats
    residuals: Floats
    quality: Floats
    starts: NDArray[np.int64]
    chances: NDArray[np.float64]
    origin: NDArray[np.int64]
    pool: Floats
    poor_mean: Floats
    poor_root: Floats
    poor_quality: Floats

    @property
    def donors(self) -> int:
        return len(self.chances)


def fit(sets: Sequence[Real], trusted: float, seed: int = 0) -> Bank:
    """Learn centres from the people of the first set, spreads from all sets alike, poor faces from
    those in the background. trusted: the quality from which a face is not a poor one."""
    random = np.random.default_rng(seed)
    donors = [(place, rows) for place, real in enumerate(sets) for rows in donor_rows(real)]
    origin = np.array([place for place, _ in donors])
    spreads = [_residuals(sets[place].embeddings[rows]) for place, rows in donors]
    chances = 1 / np.bincount(origin)[origin]
    chances /= chances.sum()
    within = sum(c * np.cov(spread.T) for c, spread in zip(chances, spreads, strict=True))
    shares, means, roots = _centres(sets[0], trusted, np.asarray(within), seed)
    poor = np.concatenate([_poor(real, trusted)[0] for real in sets])
    quality = [sets[place].quality[rows] for place, rows in donors]
    return Bank(
        shares=shares,
        means=means,
        roots=roots,
        residuals=np.concatenate(spreads),
        quality=np.concatenate(quality),
        starts=np.cumsum([0, *map(len, spreads)]),
        chances=chances,
        origin=origin,
        pool=np.concatenate([random.permutation(spread)[:POOL] for spread in spreads]),
        poor_mean=poor.mean(axis=0),
        poor_root=_root(np.cov(poor.T)),
        poor_quality=np.concatenate([_poor(real, trusted)[1] for real in sets]),
    )


def donor_rows(real: Real) -> Iterator[NDArray[np.int64]]:
    """The faces of each person with at least FEWEST of them; a face nearer to the mean of somebody
    else than to that of its own is left out: most of these have the wrong label."""
    names, people = np.unique(real.people, return_inverse=True)
    sizes = np.bincount(people)
    means = np.zeros((len(names), real.embeddings.shape[1]), np.float32)
    np.add.at(means, people, real.embeddings)
    means /= sizes[:, None]
    half = (means**2).sum(axis=1) / 2
    known = names >= 0
    for person in np.nonzero(known & (sizes >= FEWEST))[0]:
        rows = np.nonzero(people == person)[0]
        nearness = real.embeddings[rows] @ means.T - half
        nearness[:, ~known] = -np.inf
        kept = rows[nearness.argmax(axis=1) == person]
        if len(kept) >= FEWEST:
            yield kept


def _residuals(embeddings: Floats) -> Floats:
    """Faces less their mean, as long as they would be from the mean of all that there could be."""
    count = len(embeddings)
    spread = (embeddings - embeddings.mean(axis=0)) * np.sqrt(count / (count - 1))
    return np.asarray(spread, np.float32)


def _centres(
    real: Real, trusted: float, within: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.float64], Floats, Floats]:
    from sklearn.mixture import GaussianMixture

    good = np.nonzero((real.people >= 0) & (real.quality >= trusted))[0]
    one = real.embeddings[good[np.unique(real.people[good], return_index=True)[1]]]
    kinds = max(1, min(KINDS, len(one) // EACH))
    model = GaussianMixture(kinds, reg_covar=1e-5, max_iter=200, random_state=seed)
    model.fit(one.astype(np.float64))
    roots = np.stack([_root(covariance - within) for covariance in model.covariances_])
    return model.weights_, model.means_.astype(np.float32), roots


def _root(covariance: NDArray[np.float64]) -> Floats:
    """A matrix that makes that covariance of normal numbers; what is below zero counts as zero."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)), np.float32)


def _poor(real: Real, trusted: float) -> tuple[Floats, Floats]:
    behind = (real.people < 0) & (real.quality < trusted)
    return real.embeddings[behind], real.quality[behind]


def draw_centres(bank: Bank, count: int, random: np.random.Generator) -> Floats:
    """float32 [count, D]; shorter than 1, as the means of people are."""
    centres = np.empty((count, bank.means.shape[1]), np.float32)
    kinds = random.choice(len(bank.shares), count, p=bank.shares)
    for kind, (mean, root) in enumerate(zip(bank.means, bank.roots, strict=True)):
        rows = np.nonzero(kinds == kind)[0]
        for part in np.array_split(rows, len(rows) // BLOCK + 1):
            noise = random.standard_normal((len(part), len(mean)), np.float32)
            centres[part] = mean + noise @ root.T
    return centres


def draw_faces(
    bank: Bank, centres: Floats, donors: NDArray[np.int64], random: np.random.Generator
) -> tuple[Floats, Floats]:
    """A face around each centre, with the spread of its donor: embeddings float32 [N, D], unit
    rows, and quality float32 [N]."""
    made = np.empty_like(centres)
    quality = np.empty(len(centres), np.float32)
    usual = np.sqrt((bank.pool**2).sum(axis=1).mean())
    everybody = bank.pool / (usual * np.sqrt(len(bank.pool)))
    root = _root(everybody.T @ everybody)  # far fewer numbers than one for each face of the pool
    order = np.argsort(donors, kind="stable")
    bounds = np.searchsorted(donors[order], np.arange(bank.donors + 1))
    for donor in np.unique(donors):
        rows = order[bounds[donor] : bounds[donor + 1]]
        own = bank.residuals[bank.starts[donor] : bank.starts[donor + 1]]
        count = len(own)
        lengths = np.linalg.norm(own, axis=1)
        size = np.sqrt((lengths**2).mean())
        real = random.integers(0, count, len(rows))
        weight = count / (count + SHARED)
        mixed = np.sqrt(weight / count) / size * _normal(random, len(rows), count) @ own
        mixed += np.sqrt(1 - weight) * _normal(random, len(rows), len(root)) @ root.T
        along = np.sqrt(REAL) * own[real] / np.maximum(lengths[real, None], 1e-9)
        along += np.sqrt(1 - REAL) * unit(mixed)
        made[rows] = centres[rows] + unit(along) * lengths[real, None]
        quality[rows] = bank.quality[bank.starts[donor] + real]
    return unit(made), quality


def draw_poor(bank: Bank, count: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Poor faces of people who have no other: embeddings and quality as in `draw_faces`."""
    noise = _normal(random, count, len(bank.poor_mean))
    quality = bank.poor_quality[random.integers(0, len(bank.poor_quality), count)]
    return unit(bank.poor_mean + noise @ bank.poor_root.T), quality


def _normal(random: np.random.Generator, rows: int, columns: int) -> Floats:
    return random.standard_normal((rows, columns), np.float32)
