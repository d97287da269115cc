"""k-means on unit embeddings: a given number of people, or as many as the default method finds."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.methods.auto import Auto
from facecluster.cluster.rules import separate, sums, to_own_centre, unit
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.strangers import Strangers
from facecluster.records import Floats, Ints

RUNS = 4  # of k-means++, of which the best is taken
EXACT = 50_000  # faces up to which every step looks at all of them
BATCH = 8192  # faces of a step above that
MOST = 2e10  # faces times centres that these steps compare


class UnitKMeans:
    """k-means of unit embeddings (scikit-learn); faces far from their centre are noise.

    With unit rows the squared Euclidean distance is twice the cosine distance, so this is
    spherical k-means but for the length of the centres.

    Where most people have one photo, no number of means fits all faces, and criteria such as the
    silhouette see only the few people who have many. So without `people` the groups of two faces
    or more that `Auto` finds give the number and the starting centres, and the other faces take no
    part. With `people`, its largest groups are the starting centres if there are enough of them;
    k-means++ chooses otherwise.

    Above EXACT faces the centres move in mini-batches, one pass over the faces in an order by
    chance; it ends early where faces times centres exceed MOST, for a pass over a million faces
    with 50,000 centres takes minutes. A centre starts with the weight of the group that it is the
    mean of. Centres that are missing then are faces by chance. At last each face goes to its
    nearest centre.

    Parameters
    ----------
    strangers : the model's false-accept table.
    reach : cosine distance to the centre above which a face is no member.
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
        strangers: Strangers,
        reach: float,
        people: int | None = None,
        keep_all: bool = False,
        seed: int = 0,
    ) -> None:
        self.strangers = strangers
        self.reach = reach
        self.people = people
        self.keep_all = keep_all
        self.seed = seed
        self.reach_ = reach
        self.labels_: Ints = np.empty(0, np.int32)
        self.people_ = 0
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        self.labels_ = np.full(len(embeddings), -1, np.int32)
        if not len(embeddings):
            return self
        groups = Auto(self.strangers).fit(embeddings, photo).labels_
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
        centres = unit(sums(groups, embeddings))[largest]
        if self.people_:
            run = self._run if np.count_nonzero(taking_part) <= EXACT else self._run_batches
            self.labels_[taking_part] = run(embeddings[taking_part], centres, members[largest])
        self.labels_ = separate(self.labels_, embeddings, photo)
        if not self.keep_all:
            self.labels_[1 - to_own_centre(self.labels_, embeddings) > self.reach] = -1
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

    def _run(self, embeddings: Floats, centres: Floats, members: NDArray[np.int64]) -> Ints:
        """Groups of `people_`, from these centres if there are as many."""
        from sklearn.cluster import KMeans  # in a function since start-up should not wait for it

        enough = len(centres) == self.people_
        model = KMeans(
            n_clusters=self.people_,
            init=centres if enough else "k-means++",
            n_init=1 if enough else RUNS,
            random_state=self.seed,
            algorithm="lloyd",
        )
        labels: Ints = np.asarray(model.fit_predict(embeddings), np.int32)
        return labels

    def _run_batches(self, embeddings: Floats, centres: Floats, members: NDArray[np.int64]) -> Ints:
        """The same in mini-batches. members: int64, the faces that each centre is the mean of."""
        from sklearn.cluster import MiniBatchKMeans

        order = np.random.default_rng(self.seed).permutation(len(embeddings))
        more = embeddings[order[: self.people_ - len(centres)]]
        centres = np.concatenate([centres, more])
        model = MiniBatchKMeans(
            n_clusters=self.people_,
            init=centres,
            n_init=1,
            random_state=self.seed,
            reassignment_ratio=0,
        )
        # Each centre by itself first, for the weight that it starts with.
        model.partial_fit(centres, sample_weight=np.append(members, np.ones(len(more))))
        for part in blocks(min(len(order), int(MOST / self.people_)), BATCH):
            model.partial_fit(embeddings[order[part]])
        places = nearest(embeddings, unit(model.cluster_centers_))[1]
        labels: Ints = places[:, 0].astype(np.int32)
        return labels
