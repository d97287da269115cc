"""One run at a time on an output folder: who holds it, and how it is taken.

The system's lock counts, and not that the file is there: it is free when its process has ended,
however it did.
"""

from __future__ import annotations

import errno
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from facecluster.errors import LibraryError
from facecluster.library.index import FILE
from facecluster.library.storage.locks import NAME, SOMEBODY, Holder, holder, read_holder

# What a file system answers that has no locks. The index says it where that matters.
_NO_LOCKS = frozenset((errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL))


@dataclass(frozen=True, slots=True)
class Patience:
    """seconds: for which a lock is asked for; who only looks whether it is free holds it for some
    microseconds. pause: between two questions, in seconds."""

    seconds: float = 0.2
    pause: float = 0.02


@contextmanager
def run_lock(
    out: Path, index: Path | None = None, patience: Patience = Patience()
) -> Iterator[None]:
    """Hold the output folder `out` for one run, and the place of its index.

    index: the index file, where it may lie elsewhere. Nothing is held in a place whose file system
    has no locks; there the index is opened for one run alone. Raises LibraryError where another run
    holds either, in this process too, and where no file can be made.
    """
    places = [(out / FILE).with_name(NAME)]
    if index is not None and (elsewhere := index.with_name(NAME)) not in places:
        places.append(elsewhere)
    with ExitStack() as held:
        for place in places:
            held.enter_context(_held(place, patience))
        yield


def who_holds(out: Path) -> Holder | None:
    """The run that is at work on `out` now; None where there is none or the system does not say."""
    return holder((out / FILE).with_name(NAME))


@contextmanager
def _held(path: Path, patience: Patience) -> Iterator[None]:
    mine = Holder(os.getpid(), _host(), datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        release = _flock(path, patience) if os.name == "posix" else _file_lock(path, patience)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise LibraryError(
                f"{path}: cannot be written ({error.strerror or error}); check its rights, or "
                "choose another `output.folder` or `output.index`"
            ) from error
        _discard(path)
        yield
        return
    try:
        _tell(path, mine)
        yield
    finally:
        # Before it is free: whoever waits for it then has a file without a name, and asks again.
        _discard(path)
        release()


def _flock(path: Path, patience: Patience) -> Callable[[], None]:
    """Take it as `filelock` does, without the 20 ms that its import takes; gives what frees it."""
    import fcntl

    late = time.monotonic() + patience.seconds
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink:
                return partial(os.close, handle)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                os.close(handle)
                raise
        os.close(handle)
        if time.monotonic() > late:
            raise _in_use(path)
        time.sleep(patience.pause)


def _file_lock(path: Path, patience: Patience) -> Callable[[], None]:
    """The same where there is no flock."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, patience.seconds, 0o600)
    try:
        lock.acquire(poll_interval=patience.pause)
    except Timeout:
        raise _in_use(path) from None

    def release() -> None:
        lock.release()
        _discard(path)  # which has to stay there while it is open

    return release


def _tell(path: Path, mine: Holder) -> None:
    """Write who we are, for people and for other runs; nothing depends on it."""
    with suppress(OSError):
        if os.name != "nt" and path.stat().st_mode & 0o077:  # of an earlier run, opened since
            path.chmod(0o600)
        with open(path, "r+b") as file:
            file.truncate()
            file.write(mine.as_text().encode())


def _discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _in_use(path: Path) -> LibraryError:
    now = read_holder(path)
    who = "" if now is None or now == SOMEBODY else f" ({now})"
    return LibraryError(
        f"{path.parent}: in use by another facecluster run{who}; wait until it ends"
    )


def _host() -> str:
    name = "".join(c for c in platform.node() if c.isprintable())[:200]
    return name or "this computer"
