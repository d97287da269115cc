"""What a run leaves for the next one: names and rules, whose each face is, and where it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facecluster.library.people.document import save
from facecluster.library.people.journal import record
from facecluster.library.people.records import Anchor
from facecluster.library.people.spoken import spoken
from facecluster.library.storage.lasting import Kept
from facecluster.records import FaceTable, PhotoRow
from facecluster.who.find import Who
from facecluster.who.sources import Sources


def keep_people(out: Path, sources: Sources, who: Who) -> None:
    """Write people.toml where the run learned something: a renamed folder, a name from a file, a
    face whose photo was encoded anew. Before anything else, since folders are called by it."""
    if who.people != sources.written:
        record(out, sources.written, who.people, "group")
        save(out, who.people)


def kept_of(photos: Sequence[PhotoRow], faces: FaceTable, who: Who) -> Kept:
    """For the next run: who is who, and what the faces look like that names and rules speak of."""
    anchors = (
        Anchor(key, photos[int(faces.photo[row])].path, faces.embeddings[row])
        for key, row in who.spoken_of.items()
    )
    said = frozenset(str(key) for key, _ in spoken(who.people))
    return Kept(who.memory.pack(), tuple(anchors), said)
