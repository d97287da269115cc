"""How much memory this process may have: by the machine, its container and the limits of its shell.

Resident memory and addresses are two things: `ulimit -v` counts what is asked for, and libraries
ask for much that they never use.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from facecluster.errors import FaceclusterError

_UNLIMITED = 1 << 60  # control groups write "no limit" as a number near 2^63
_MB = 10**6
_NO_THREAD = "can't start new thread"
_OF_LIBRARIES = (
    "bad_alloc",
    "bad allocation",
    "failed to allocate",
    "insufficient memory",
    "cannot allocate memory",
    "failed to map segment",
    "out of memory",
)


def memory_size() -> int | None:
    """Bytes of memory that there are for this process: the machine's, or its control group's.

    None where the system does not tell.
    """
    return min(filter(None, (_physical(), group_limit())), default=None)


def address_limit() -> int | None:
    """Bytes of addresses that this process may ask for (`ulimit -v`); None for as many as it likes.

    macOS knows the limit and does not keep it; Windows knows none.
    """
    if os.name == "nt" or sys.platform == "darwin":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit


def addresses_used() -> int:
    """Bytes of addresses that this process has by now; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    return 0


def group_limit(
    groups: Path = Path("/proc/self/cgroup"), mounted: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """The least memory limit of the control group and of those above it, of either version.

    groups: what /proc says of this process. mounted: where the groups lie as folders.
    """
    limits = []
    for file in _limit_files(groups, mounted):
        with suppress(OSError, ValueError):  # not there, or the word "max"
            limits.append(int(file.read_text(encoding="ascii")))
    return min((limit for limit in limits if 0 < limit < _UNLIMITED), default=None)


def _limit_files(groups: Path, mounted: Path) -> Iterator[Path]:
    """The files that may hold a limit, also where a container sees its own group as the root."""
    try:
        lines = groups.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        top = mounted / "memory" if controllers else mounted
        folder = top / path.strip("/")
        yield from (
            above / name for above in (folder, *folder.parents) if above.is_relative_to(top)
        )


def is_lack(error: BaseException) -> bool:
    """Whether an error means that memory, or room for another thread, ran out.

    Libraries in C++ say so in words of their own.
    """
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    text = str(error).lower()
    if isinstance(error, RuntimeError) and _NO_THREAD in text:
        return True
    return any(words in text for words in _OF_LIBRARIES)


def too_few(limit: int, needed: int) -> FaceclusterError:
    """What to say of a limit of addresses that does not do."""
    return FaceclusterError(
        f"facecluster needs about {-(-needed // _MB)} MB of address space and may have "
        f"{limit // _MB} MB; raise the limit, as with `ulimit -v {-(-needed // 1024)}`"
    )


def _physical() -> int | None:
    if os.name == "nt":
        import psutil

        return int(psutil.virtual_memory().total)
    with suppress(OSError, ValueError):
        pages = os.sysconf("SC_PHYS_PAGES")
        return pages * os.sysconf("SC_PAGE_SIZE") if pages > 0 else None
    return None
