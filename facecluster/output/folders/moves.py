"""Moving what stayed behind: listed before, so that a run that is killed moves nothing twice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.base.inside import make_folders, rename_inside, rmdir_inside
from facecluster.output.folders.listing import Listing
from facecluster.output.folders.owners import Owners


@dataclass(frozen=True, slots=True)
class Followed:
    """folders: by folder of a person, what it is called now. moves: of all that is in them."""

    folders: Mapping[str, str]
    moves: tuple[tuple[str, str], ...]


def follow(owners: Owners, listing: Listing) -> Followed:
    """Which folders are only called otherwise now, since their people have other names.

    One that somebody else has now, or whose new name is in use, is none of these.
    """
    folders, moves = {}, []
    for folder, home in sorted(owners.homes.items()):
        if home is None or home == folder or not folder.startswith("people/"):
            continue
        if owners.taken(folder) or listing.names(home) or not listing.names(folder):
            continue
        folders[folder] = home
        paths = [f"{folder}/{name}" for name in listing.names(folder).values()]
        moves += [(path, listing.move(path, home)) for path in paths]
    return Followed(folders, tuple(moves))


def make_moves(out: Path, moves: Iterable[tuple[str, str]]) -> list[str]:
    """Make these moves in order, as far as they are not made yet. Raises OutputError.

    Nothing is ever overwritten: something at the new place means that the move is made.
    """
    done = []
    for path, place in moves:
        source, target = out / path, out / place
        with output_errors(target):
            if os.path.lexists(target) or not os.path.lexists(source):
                continue
            make_folders(out, place.rpartition("/")[0])
            rename_inside(out, path, place)
        done.append(place)
        with suppress(OSError):  # something is left in it
            rmdir_inside(out, path.rpartition("/")[0])
    return done


def moves_told(moves: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each pair of folders between which something moved."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for path, place in moves:
        key = (path.rpartition("/")[0], place.rpartition("/")[0])
        pairs.setdefault(key, []).append(place)
    return [_told(*key, places) for key, places in pairs.items()]


def _told(source: str, target: str, places: list[str]) -> str:
    what = "1 file" if len(places) == 1 else f"{len(places)} files"
    which = places[0].rpartition("/")[2]
    if target.startswith("people/"):
        return f"{what} of {source} moved to {target} with the person there (such as {which})."
    return (
        f"{what} of {source} moved to {target}: kept, since the original is no longer the same "
        f"or nobody in this run is that person (such as {which})."
    )
