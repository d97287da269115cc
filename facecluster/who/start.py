"""What a run begins with: people.toml, folders that were renamed by hand, and the run before."""

from __future__ import annotations

from pathlib import Path

from facecluster.config import Settings
from facecluster.evaluate.people.known_people import known_people
from facecluster.evaluate.people.seen_photos import see_folder
from facecluster.library.index import Index
from facecluster.library.people.contradictions import check
from facecluster.library.people.document import lines_of, load
from facecluster.library.people.memory import Memory
from facecluster.library.people.records import People
from facecluster.reading import Reader
from facecluster.who.by_hand import memory_of_folders, names_of_folders
from facecluster.who.sources import Sources, no_hints
from facecluster.who.told import FileNames


def people_of(people: People, out: Path, root: Path) -> tuple[People, tuple[str, ...]]:
    """With the names that the user gave by renaming folders, and a sentence for each.

    Raises FaceclusterError where the rules contradict each other.
    """
    check(people, lines_of(out))
    return names_of_folders(people, out, root)


def sources_of(index: Index, reader: Reader, root: Path, out: Path, settings: Settings) -> Sources:
    """All that is known before the faces are grouped. Raises FaceclusterError that names the file
    where people.toml cannot be obeyed, or there is nobody in the folder of known people."""
    written = load(out)
    people, notes = people_of(written, out, root)
    known = None
    if settings.names.known is not None:
        folder = settings.names.known
        known = known_people(see_folder(reader, folder, settings.threads), str(folder))
    memory, whole = memory_of(index, out, people)
    return Sources(
        people=people,
        written=written,
        memory=memory,
        told_by=FileNames(root) if settings.names.read else no_hints,
        known=known,
        distance=reader.embedder.spec.distance,
        notes=notes,
        whole=whole,
    )


def memory_of(index: Index, out: Path, people: People) -> tuple[Memory | None, bool]:
    """The run before: from the index, or, where that was lost, from the list of folders, which
    knows only faces that have a person. And whether it is the whole run."""
    kept = index.memory()
    memory = Memory.unpack(kept) if kept is not None else None
    if memory is not None:
        return memory, True
    return memory_of_folders(out, max(people.last, *people.people, 0)), False
