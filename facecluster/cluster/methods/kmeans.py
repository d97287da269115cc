"""k-means on unit embeddings: a given number of people, or as many as the default method finds."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import Clusterer, Sightings
from facecluster.cluster.centroids import centres, to_own_centre, unit
from facecluster.cluster.photo_rule import separate
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import with_scale
from facecluster.cluster.tuning import DEFAULT, KMeansTuning
from facecluster.distances import units
from facecluster.records import Floats, Ints


class UnitKMeans:
    """k-means of unit embeddings (scikit-learn); faces far from their centre are noise.

    With unit rows the squared Euclidean distance is twice the cosine distance, so this is
    spherical k-means but for the length of the centres.

    Where most people have one photo, no number of means fits all faces, and criteria such as the
    silhouette see only the few people who have many. So without `people` the groups of two faces
    or more that `start` finds give the number and the starting centres, and the other faces take no
    part. With `people`, its largest groups are the starting centres if there are enough of them;
    k-means++ chooses otherwise.

    Above `tuning.exact_faces` the centres move in mini-batches, one pass over the faces in an order
    by chance; it ends early where faces times centres exceed `tuning.comparisons`, for a pass over
    a million faces with 50,000 centres takes minutes. A centre starts with the weight of the group
    that it is the mean of. Centres that are missing then are faces by chance. At last each face
    goes to its nearest centre.

    Parameters
    ----------
    start : the method whose groups are the start, not fitted yet (`Auto`).
    reach : cosine distance to the centre above which a face is not a member.
    people : number of groups; None for as many as there are.
    keep_all : whether faces beyond `reach` stay members all the same.
    seed : for k-means++.

    Attributes
    ----------
    labels_ : int32 [N], -1 for noise. people_ : the number used. notes_ : how it was chosen.

    References
    ----------
    Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    Sculley, "Web-scale k-means clustering", WWW 2010.
    """

    def __init__(
        self,
        start: Clusterer,
        reach: float,
        people: int | None = None,
        keep_all: bool = False,
        seed: int = 0,
        tuning: KMeansTuning = DEFAULT.kmeans,
        search: SearchLimits = DEFAULT_LIMITS,
    ) -> None:
        self.start = start
        self.reach = reach
        self.people = people
        self.keep_all = keep_all
        self.seed = seed
        self.tuning = tuning
        self.search = search
        self.reach_ = reach
        self.labels_: Ints = np.empty(0, np.int32)
        self.people_ = 0
        self.notes_: tuple[str, ...] = ()

    def fit(
        self,
        embeddings: Floats,
        photo: Ints | None = None,
        start: Ints | None = None,
        more: Sightings | None = None,
    ) -> Self:
        self.labels_ = np.full(len(embeddings), -1, np.int32)
        if not len(embeddings):
            return self
        groups = self.start.fit(embeddings, photo, start, more).labels_
        members = np.bincount(groups)
        largest = np.argsort(-members, kind="stable")
        if self.people is None:
            largest = largest[members[largest] > 1]
            self.people_, taking_part = len(largest), members[groups] > 1
            self.notes_ = (
                f"k-means: {len(largest)} people, as many as the default method finds; "
                "--people N sets the number.",
            )
        else:
            self.people_ = self._possible(embeddings)
            taking_part = np.ones(len(embeddings), bool)
        largest = largest[: self.people_]
        middles = centres(groups, embeddings)[largest, :-1]
        if self.people_:
            part = units(embeddings[taking_part])
            if len(part) <= self.tuning.exact_faces:
                self.labels_[taking_part] = self._run(part, unit(middles))
            else:
                self.labels_[taking_part] = self._run_batches(part, unit(middles), members[largest])
        self.labels_ = separate(self.labels_, embeddings, photo)
        if not self.keep_all:
            self.labels_[to_own_centre(self.labels_, embeddings) > self.reach] = -1
        return self

    def _possible(self, embeddings: Floats) -> int:
        """The number asked for, as far as there are that many different faces."""
        assert self.people is not None
        count = len(np.unique(embeddings, axis=0))
        if self.people > count:
            self.notes_ = (
                f"k-means: {self.people} people were asked for, but there are only {count} "
                "different faces to build them from.",
            )
        return min(self.people, count)

    def _run(self, embeddings: Floats, middles: Floats) -> Ints:
        """Groups of `people_`, from these centres if there are as many."""
        from sklearn.cluster import KMeans  # in a function since start-up should not wait for it

        enough = len(middles) == self.people_
        model = KMeans(
            n_clusters=self.people_,
            init=middles if enough else "k-means++",
            n_init=1 if enough else self.tuning.runs,
            random_state=self.seed,
            algorithm="lloyd",
        )
        labels: Ints = np.asarray(model.fit_predict(embeddings), np.int32)
        return labels

    def _run_batches(self, embeddings: Floats, middles: Floats, members: NDArray[np.int64]) -> Ints:
        """The same in mini-batches. members: int64, the faces that each centre is the mean of."""
        from sklearn.cluster import MiniBatchKMeans

        order = np.random.default_rng(self.seed).permutation(len(embeddings))
        more = embeddings[order[: self.people_ - len(middles)]]
        middles = np.concatenate([middles, more])
        model = MiniBatchKMeans(
            n_clusters=self.people_,
            init=middles,
            n_init=1,
            random_state=self.seed,
            reassignment_ratio=0,
        )
        # Each centre by itself first, for the weight that it starts with.
        model.partial_fit(middles, sample_weight=np.append(members, np.ones(len(more))))
        most = min(len(order), int(self.tuning.comparisons / self.people_))
        for part in blocks(most, self.tuning.batch):
            model.partial_fit(embeddings[order[part]])
        ends = unit(model.cluster_centers_)
        places = nearest(with_scale(embeddings), with_scale(ends), limits=self.search)[1]
        labels: Ints = places[:, 0].astype(np.int32)
        return labels
