"""k-means on unit embeddings: a given number of people, or the number that fits best."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from facecluster.cluster.rules import separate, to_own_centre
from facecluster.records import Floats, Ints

SAMPLE = 2000  # faces that the silhouette looks at; it is quadratic in them
MOST_PEOPLE = 200


class UnitKMeans:
    """k-means of unit embeddings (scikit-learn); faces far from their centre are noise.

    With unit rows the squared Euclidean distance is twice the cosine distance, so this is
    spherical k-means but for the length of the centres.

    Parameters
    ----------
    distance : cosine distance to the centre above which a face is no member; None keeps all.
    people : number of groups; None tries numbers from 2 up to `most`, and takes the one with the
        best mean silhouette (cosine) of a seeded sample: first a coarse geometric ladder, then
        every number around its best rung.
    most : the upper bound when `people` is None; it never exceeds half of the faces.
    seed : for the starting centres and the sample.

    Attributes
    ----------
    labels_ : int32 [N], -1 for noise. people_ : the number used. notes_ : how it was chosen.

    References
    ----------
    Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", 1987.
    """

    def __init__(
        self,
        distance: float | None = None,
        people: int | None = None,
        most: int = MOST_PEOPLE,
        seed: int = 0,
    ) -> None:
        self.distance = distance
        self.people = people
        self.most = most
        self.seed = seed
        self.labels_: Ints = np.empty(0, np.int32)
        self.people_ = 0
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        count = len(embeddings)
        if not count:
            return self
        labels = self._chosen(embeddings)
        self.people_ = int(labels.max()) + 1
        labels = separate(labels, embeddings, photo)
        if self.distance is not None:
            far = 1 - to_own_centre(labels, embeddings) > self.distance
            labels[far] = -1
        self.labels_ = labels
        return self

    def _chosen(self, embeddings: Floats) -> Ints:
        count = len(np.unique(embeddings, axis=0))
        if self.people is not None:
            if self.people > count:
                self.notes_ = (
                    f"k-means: {self.people} people were asked for, but there are only {count} "
                    "different faces to build them from.",
                )
            return self._run(embeddings, min(self.people, count))
        top = min(self.most, max(count // 2, 1))
        if top < 2:
            self.notes_ = ("k-means: too few faces to choose the number of people; it is 1.",)
            return self._run(embeddings, 1)
        scores = self._search(embeddings, top)
        best = max(scores, key=lambda k: (scores[k], -k))
        self.notes_ = (
            f"k-means: {best} people have the best silhouette ({scores[best]:.3f}) of the numbers "
            f"tried between 2 and {top}; --people N sets the number.",
        )
        return self._run(embeddings, best)

    def _search(self, embeddings: Floats, top: int) -> dict[int, float]:
        sample = np.random.default_rng(self.seed).permutation(len(embeddings))[:SAMPLE]
        sample.sort()
        scores: dict[int, float] = {}

        def score(k: int) -> float:
            if k not in scores:
                scores[k] = self._silhouette(embeddings, sample, k)
            return scores[k]

        ladder = sorted({min(top, round(2 * 1.25**step)) for step in range(32)})
        best = max(ladder, key=score)
        low = max((k for k in ladder if k < best), default=best)
        high = min((k for k in ladder if k > best), default=best)
        for k in np.unique(np.linspace(low, high, 12).round().astype(int)):
            score(int(k))
        return scores

    def _silhouette(self, embeddings: Floats, sample: np.ndarray, k: int) -> float:
        labels = self._run(embeddings, k)[sample]
        groups = len(np.unique(labels))
        if not 2 <= groups < len(sample):
            return -1.0
        return float(silhouette_score(embeddings[sample], labels, metric="cosine"))

    def _run(self, embeddings: Floats, k: int) -> Ints:
        model = KMeans(n_clusters=k, n_init=4, random_state=self.seed, algorithm="lloyd")
        labels: Ints = np.asarray(model.fit_predict(embeddings), np.int32)
        return labels
