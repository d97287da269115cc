"""How the memory of a run is shared out: for the models, for each thread, for decoding."""

from __future__ import annotations

from dataclasses import dataclass

from facecluster.base.memory import address_limit, addresses_used, memory_size, too_few
from facecluster.errors import SettingsError
from facecluster.photos.apart.suspicion import Suspicion
from facecluster.photos.read import LIMITS, ReadLimits

MB = 10**6


@dataclass(frozen=True, slots=True)
class RunNeeds:
    """Bytes that a run takes beside the pixels that it decodes, measured with photos of 12 MP
    (benchmarks/limits).

    fixed: Python, the libraries and the models. thread: what looking for faces takes in each of
    them. decoding: for the smallest budget that is of use.
    later, faces, here: of addresses, where `ulimit -v` counts them: what is loaded after photos
    were read; for a thread that looks for faces; for one that decodes, too.
    share: of the machine's memory that a run takes by itself; small_share: where that is less than
    `small`.
    """

    fixed: int = 220 * MB
    thread: int = 50 * MB
    decoding: int = 60 * MB
    later: int = 165 * MB
    faces: int = 65 * MB
    here: int = 48 * MB
    share: float = 0.5
    small_share: float = 0.8
    small: int = 2000 * MB


@dataclass(frozen=True, slots=True)
class Share:
    """threads: photos in work at once. photo: bytes that one may take. here: from so many on it is
    decoded in a process of its own. budget: bytes for all photos that are decoded at a time."""

    threads: int
    photo: int
    here: int
    budget: int

    @property
    def limits(self) -> ReadLimits:
        """The same, for reading one photo."""
        return ReadLimits(file_bytes=min(LIMITS.file_bytes, self.photo), memory=self.photo)


def share_out(
    memory: int | None, threads: int, most: int = Suspicion().memory, needs: RunNeeds = RunNeeds()
) -> Share:
    """For a run that may take `memory` bytes, None for what suits the machine; to be asked once the
    models are open.

    threads: as many as are wanted. most: bytes from which on a photo is decoded apart. Raises
    SettingsError for a `memory` in which no photo could be read, FaceclusterError where a limit of
    the shell leaves too few addresses.
    """
    given, size = memory is not None, memory_size()
    if memory is None:
        memory = _by_itself(size, needs)
    least = needs.fixed + needs.thread + needs.decoding
    if memory < least:
        if given:
            raise SettingsError(
                "memory", f"give at least {-(-least // MB)}MB", f"{memory / MB:g}MB"
            )
        memory = least
    threads = max(1, min(threads, (memory - needs.fixed - needs.decoding) // needs.thread))
    budget = memory - needs.fixed - threads * needs.thread
    photo = budget if given else min(budget, LIMITS.memory)
    whole = Share(threads, photo, min(most, photo), budget)
    limit = address_limit()
    return whole if limit is None else _within(whole, limit, needs)


def _by_itself(size: int | None, needs: RunNeeds) -> int:
    if size is None:
        return needs.small
    return int(size * (needs.share if size >= needs.small else needs.small_share))


def _within(share: Share, limit: int, needs: RunNeeds) -> Share:
    """The same where this process may have `limit` bytes of addresses: other processes, which
    decode what does not fit in here, have as many again."""
    used = addresses_used()
    free = limit - used
    if free < max(needs.faces, needs.later):
        raise too_few(limit, used + max(needs.faces, needs.later))
    threads = max(1, min(share.threads, free // (needs.faces + needs.here)))
    here = free // threads - needs.faces
    return Share(threads, share.photo, min(share.here, here), share.budget)
