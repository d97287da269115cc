"""All that other programs say of one photo, from its own metadata and the files beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from facecluster.metadata.areas import Size
from facecluster.metadata.files import whole
from facecluster.metadata.limits import LIMITS, Limits
from facecluster.metadata.merging import merged
from facecluster.metadata.packets.embedded import embedded_packets
from facecluster.metadata.picasa import Ini, read_contacts, read_ini, regions
from facecluster.metadata.records import Region, Told
from facecluster.metadata.sidecars import Sidecars
from facecluster.metadata.takeout import read_people
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.parsing import RefusedError

Said = TypeVar("Said")


class Sources:
    """The files beside the photos of one folder, for many photos: each folder is listed once, and
    what is one for a whole folder is read once. Files that change meanwhile are not seen.
    """

    def __init__(self, root: str | Path, limits: Limits = LIMITS) -> None:
        self.root, self.limits = os.fspath(root), limits
        self.beside = Sidecars(root)
        self._shared: dict[str, tuple[object, str]] = {}

    def once(self, path: str, read: Callable[[bytes], Said], empty: Said) -> tuple[Said, str]:
        """What a file that many photos share says, and the problem with it."""
        known = self._shared.get(path)
        if known is None:
            problems: list[str] = []
            said = self.read(path, read, empty, problems)
            known = self._shared[path] = said, "".join(problems)
        return known  # type: ignore[return-value]

    def read(
        self, path: str, read: Callable[[bytes], Said], empty: Said, problems: list[str]
    ) -> Said:
        """What a file says; `empty`, and a sentence in `problems`, where it is refused."""
        try:
            data = whole(os.path.join(self.root, path), self.limits.text)
            if data is None:
                raise RefusedError(f"it is larger than {self.limits.text >> 20} MB")
            return read(data)
        except RefusedError as error:
            problems.append(refusal(path, str(error)))
        except OSError as error:
            problems.append(refusal(path, f"it cannot be read ({error.strerror or error})"))
        return empty


def refusal(path: str, reason: str) -> str:
    """The sentence about a file whose names are not taken."""
    return f"{path}: {reason}; names in it are left out until it is mended or removed"


@dataclass
class _Heard:
    groups: list[list[Region]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_told(
    root: Path, path: str, size: tuple[int, int], orientation: int, sources: Sources | None = None
) -> Told:
    """What is said of the photo `path` below `root`, never an exception.

    size: width and height of the stored picture in px. orientation: EXIF 1..8. sources: of `root`,
    kept by whoever asks for many photos. Sidecars are believed before the photo itself, `a.jpg.xmp`
    before `a.xmp`; then come Picasa and Google Takeout.
    """
    sources = sources or Sources(root)
    heard = _Heard()
    for sidecar in sources.beside.xmp(path):
        said = sources.read(sidecar, lambda data: read_packet(data, size), None, heard.problems)
        if said is not None:
            heard.groups += said[0]
            heard.names += said[1]
    _from_photo(sources, path, size, heard)
    _from_picasa(sources, path, orientation, heard)
    for file in sources.beside.takeout(path):
        heard.names += sources.read(file, read_people, [], heard.problems)
    if not (heard.groups or heard.names or heard.problems):
        return Told()
    return merged(heard.groups, heard.names, heard.problems, path, sources.limits)


def _from_photo(sources: Sources, path: str, size: Size, heard: _Heard) -> None:
    try:
        packets = embedded_packets(os.path.join(sources.root, path), sources.limits)
    except OSError as error:
        heard.problems.append(refusal(path, f"it cannot be read ({error.strerror or error})"))
        return
    for packet in packets:
        try:
            groups, names = read_packet(packet, size)
        except RefusedError as error:
            reason = str(error).removeprefix("it ")
            heard.problems.append(refusal(path, f"its XMP packet {reason}"))
            continue
        heard.groups += groups
        heard.names += names


def _from_picasa(sources: Sources, path: str, orientation: int, heard: _Heard) -> None:
    files, contact_files = sources.beside.picasa(path)
    name = path.rpartition("/")[2]
    for file in files:
        ini, problem = sources.once(file, read_ini, Ini({}, {}))
        heard.problems += [problem] if problem else []
        if name.lower() not in ini.faces:
            continue
        contacts: dict[str, str] = {}
        for each in contact_files:
            nobody: dict[str, str] = {}
            found, problem = sources.once(each, read_contacts, nobody)
            heard.problems += [problem] if problem else []
            contacts = {**found, **contacts}
        heard.groups.append(regions(ini, contacts, name, orientation))
