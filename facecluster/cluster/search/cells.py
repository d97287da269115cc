"""An index for many faces: each lies in the cell of its nearest centre, a search opens a few cells.

The inverted file of Jégou, Douze and Schmid, "Product quantization for nearest neighbor search",
IEEE TPAMI 33(1), 2011, with whole rows in it. All searches are answered cell by cell, each by one
matrix product of the rows that open it with those that lie in it; comparing row by row, as faiss
does it, takes many times longer.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.search.blocks import blocks, spread
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.near_pairs import NearPairs, Pairs, Places, as_pairs
from facecluster.cluster.search.points import mirrored
from facecluster.records import Floats, Ints

SORTED_FROM = 16  # of the most alike; fewer are found one after the other, which is faster


class Cells:
    """points: float32 [N, D + 1], those of faces or means of such. Cells are made of directions,
    so that crowded faces and others lie in them alike; distances are those of the points."""

    def __init__(self, points: Floats, limits: SearchLimits = DEFAULT_LIMITS) -> None:
        import faiss  # only large libraries need it

        self._points, self._limits = points, limits
        sample = limits.faces_per_cell
        count = max(
            1, min(int(limits.cells_per_root * np.sqrt(len(points))), len(points) // sample)
        )
        chosen = np.random.default_rng(0).permutation(len(points))[: count * sample]
        faiss.omp_set_num_threads(1)  # centres that do not depend on the cores
        rounds = limits.cell_rounds
        kmeans = faiss.Kmeans(points.shape[1] - 1, count, niter=rounds, spherical=True, seed=1)
        kmeans.train(_directions(points[np.sort(chosen)]))
        self._centres = kmeans.index
        self._probes = min(limits.probes, count)
        self._inside = _by_cell(self._opened(points, 1), count)

    def pairs(self, kept: NearPairs, photo: Ints | None) -> None:
        """Add the pairs that are near enough to `kept`, each face first in those that it finds.

        The nearest cells of a face come first, so that one with many near faces soon has the
        nearest of them.
        """
        first = (n for n in self._limits.first_probes if n < self._probes)
        steps = [*pairwise((0, *first, self._probes))]
        for part in blocks(len(self._points), self._limits.blocks.queries):
            opened = self._opened(self._points[part], self._probes).reshape(-1, self._probes)
            for near, far in steps:
                guests = _by_cell(opened[:, near:far].ravel(), len(self._inside))
                rows = [part.start + visits // (far - near) for visits in guests]

                def look(cell: int, rows: list[Places] = rows) -> None:
                    for some in blocks(len(rows[cell]), self._lines(self._inside[cell])):
                        kept.add(self._within(rows[cell][some], cell, kept, photo))

                spread(look, range(len(rows)))

    def _within(self, guests: Places, cell: int, kept: NearPairs, photo: Ints | None) -> Pairs:
        hosts = self._inside[cell]
        similar = mirrored(self._points[guests]) @ self._points[hosts].T
        places = kept.near(similar, guests, hosts)
        one, other = guests[places // len(hosts)], hosts[places % len(hosts)]
        apart = one != other if photo is None else photo[one] != photo[other]
        return as_pairs(one[apart], other[apart], similar.ravel()[places[apart]])

    def best(self, rows: Floats, count: int, own: bool) -> tuple[Floats, Places]:
        """The `count` rows most like each of `rows`: similarities and places [R, count]; own: not
        the row of the same place."""
        alike = np.empty((len(rows), count), np.float32)
        places = np.empty((len(rows), count), np.int64)
        for part in blocks(len(rows), self._limits.blocks.queries):
            alike[part], places[part] = self._best(rows[part], count, part.start if own else None)
        return alike, places

    def _best(self, rows: Floats, count: int, start: int | None) -> tuple[Floats, Places]:
        guests = _by_cell(self._opened(rows, self._probes), len(self._inside))
        alike = np.full((len(rows) * self._probes, count), -np.inf, np.float32)
        places = np.full(alike.shape, -1, np.int64)

        def look(cell: int) -> None:
            hosts = self._inside[cell]
            for part in blocks(len(guests[cell]), self._lines(hosts)):
                visits = guests[cell][part]
                similar = mirrored(rows[visits // self._probes]) @ self._points[hosts].T
                if start is not None:
                    similar[hosts[None, :] == (start + visits // self._probes)[:, None]] = -np.inf
                alike[visits], places[visits] = top(similar, hosts, count)

        spread(look, range(len(guests)))
        return most_alike(alike.reshape(len(rows), -1), places.reshape(len(rows), -1), count)

    def _opened(self, points: Floats, probes: int) -> NDArray[np.uint16]:
        """The cells that each point opens, the nearest first, one after the other, [R * probes]."""
        import faiss

        def look(part: slice) -> NDArray[np.uint16]:
            faiss.omp_set_num_threads(1)
            cells: NDArray[np.uint16] = self._centres.search(_directions(points[part]), probes)[
                1
            ].astype(np.uint16)
            return cells.ravel()

        return np.concatenate(spread(look, blocks(len(points), self._limits.blocks.rows)))

    def _lines(self, hosts: Places) -> int:
        """Faces that are compared with a cell at once."""
        return max(1, self._limits.blocks.cell // max(1, len(hosts)))


def _directions(points: Floats) -> Floats:
    """Unit rows without the scale, float32 [N, D]; a row of zeros stays."""
    rows = points[:, :-1]
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), np.float32)


def _by_cell(cells: NDArray[np.uint16], count: int) -> list[Places]:
    """The places of each of `count` cells, in their order."""
    order = np.argsort(cells, kind="stable")
    return np.split(order, np.cumsum(np.bincount(cells, minlength=count))[:-1])


def top(similar: Floats, names: Places, count: int) -> tuple[Floats, Places]:
    """The `count` most alike of each line and their names, ties to the first; -inf and -1 where
    there are fewer. Spoils `similar`."""
    alike = np.full((len(similar), count), -np.inf, np.float32)
    places = np.full((len(similar), count), -1, np.int64)
    line = np.arange(len(similar))
    if SORTED_FROM < count < similar.shape[1]:
        last = similar.shape[1] - count
        kept = similar >= np.partition(similar, last, axis=1)[:, last, None]
        sure = np.count_nonzero(kept, axis=1) == count  # else ties for the last
        where = np.nonzero(kept & sure[:, None])[1].reshape(-1, count)
        values = similar[line[sure, None], where]
        order = np.argsort(-values, axis=1, kind="stable")
        alike[sure] = np.take_along_axis(values, order, 1)
        places[sure] = names[np.take_along_axis(where, order, 1)]
        similar, line = similar[~sure], line[~sure]
    for k in range(min(count, similar.shape[1])):
        where, rows = similar.argmax(axis=1), np.arange(len(line))
        alike[line, k], places[line, k] = similar[rows, where], names[where]
        similar[rows, where] = -np.inf
    return alike, places


def most_alike(alike: Floats, places: Places, count: int) -> tuple[Floats, Places]:
    """The `count` best of each line, ties to the lowest place."""
    order = np.lexsort((places, -alike))[:, :count]
    return np.take_along_axis(alike, order, 1), np.take_along_axis(places, order, 1)
