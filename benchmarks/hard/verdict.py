"""What became of the hard faces of a library, and of the clean ones of a set, as counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.common.albums import Album
from benchmarks.hard.worsened import Library
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import Ints

PURE = 0.9  # of the faces of a folder; some labels are wrong
Row = dict[str, Any]


def verdict(library: Library, labels: Ints) -> Row:
    """What became of the hard faces of one library, as counts, and BCubed F of all its photos.

    labels: int32 [N], the person of each face, -1 for nobody. A folder's owner is whoever most of
    its main faces are of. right: hard faces in a folder of their own person; joined: those of them
    beside clean ones. wrong, false: known people and strangers in the folder of somebody else.
    apart, mixed: folders of strangers or without clean faces, and how many of these are not PURE.
    """
    album, hard, known = library.album, library.hard, library.known
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    found = np.where(main >= 0, np.append(labels, -1)[main], -1)
    names = np.unique(album.names, return_inverse=True)[1]
    owner = np.full(len(album), -1)
    clean = np.zeros(len(album), bool)
    apart = mixed = 0
    for folder in np.unique(found[found >= 0]):
        inside = found == folder
        people = np.bincount(names[inside])
        owner[inside] = people.argmax()
        clean[inside] = (inside & ~hard).any()
        if not (inside & ~hard & known & (names == people.argmax())).any():
            apart += 1
            mixed += bool(people.max() < PURE * people.sum())
    placed, right = hard & (found >= 0), hard & (owner == names)
    return {
        "known": int((hard & known).sum()),
        "strangers": int((hard & ~known).sum()),
        "found": int((hard & (main >= 0)).sum()),
        "placed": int(placed.sum()),
        "right": int(right.sum()),
        "joined": int((right & known & clean).sum()),
        "wrong": int((placed & ~right & known).sum()),
        "false": int((placed & ~right & ~known).sum()),
        "apart": apart,
        "mixed": mixed,
        "f": album.judge(labels).bcubed.f,
    }


def clean_verdict(album: Album, labels: Ints) -> Row:
    """BCubed F of a set, and the people most of whose faces are in the background: how many, and
    the faces of the largest."""
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    middle = np.zeros(len(album.faces), bool)
    middle[main[main >= 0]] = True
    people = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=people)
    behind = np.bincount(labels[(labels >= 0) & ~middle], minlength=people)
    theirs = sizes[behind * 2 > sizes]
    return {
        "f": album.judge(labels).bcubed.f,
        "behind": len(theirs),
        "largest": int(theirs.max(initial=0)),
    }


def summary(rows: Sequence[Mapping[str, Any]]) -> Row:
    """Precision and recall of the hard faces of several libraries together, and their mean F."""
    total = {key: sum(row[key] for row in rows) for key in rows[0] if key != "f"}
    return total | {
        "precision": total["right"] / total["placed"] if total["placed"] else 1.0,
        "recall": total["joined"] / total["known"] if total["known"] else 1.0,
        "f": float(np.mean([row["f"] for row in rows])),
    }
