"""Work spread over threads, with no more of it begun than its consumer keeps up with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from itertools import islice
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 0.5  # seconds that work which nobody wants any more is waited for


def pooled(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int,
    in_flight: int,
    ordered: bool,
    name: str = "worker",
    patience: float = PATIENCE,
) -> Iterator[Result]:
    """What `work` makes of each of `items`, by `threads` threads called `name_0` and so on.

    in_flight: items per thread that may be in work or wait, finished, for their turn; the next one
    is taken from `items` only when there is room. ordered: results in the order of the items;
    otherwise each as soon as it is ready. Where the system gives fewer threads, these do it all.

    What `work` raises is raised here, at the turn of its item. However the iterator ends before the
    last item (by an error, an interrupt or its own `close`), what has not begun is dropped, and
    what is in work is waited for, `patience` seconds at most: a decoder cannot be interrupted. What
    is not finished then is left behind (see `left_behind`), and its result dropped.
    """
    waiting = iter(items)
    pool = _Pool(work, threads, name)
    pending: list[futures.Future[Result]] = []
    try:
        while True:
            room = threads * in_flight - len(pending)
            pending += (pool.submit(item) for item in islice(waiting, room))
            if not pending:
                return
            if ordered:
                yield pending.pop(0).result()
                continue
            done, left = futures.wait(pending, return_when=futures.FIRST_COMPLETED)
            pending = list(left)
            for future in done:
                yield future.result()
    finally:
        pool.end(pending, patience)


def left_behind() -> bool:
    """Whether a thread is still at work for a pool that has ended: Python would wait for it, and
    what it needs is being taken down."""
    return any(isinstance(thread, _Worker) for thread in threading.enumerate())


class _Worker(threading.Thread):
    """A thread that does not keep the process from ending."""


class _Pool(Generic[Item, Result]):
    """Threads that are started as work comes."""

    def __init__(self, work: Callable[[Item], Result], threads: int, name: str) -> None:
        self._work = work
        self._most = threads
        self._name = name
        self._threads: list[_Worker] = []
        self._tasks: SimpleQueue[tuple[futures.Future[Result], Item] | None] = SimpleQueue()

    def submit(self, item: Item) -> futures.Future[Result]:
        future: futures.Future[Result] = futures.Future()
        self._tasks.put((future, item))
        if len(self._threads) < self._most:
            name = f"{self._name}_{len(self._threads)}"
            thread = _Worker(target=self._run, name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no room for one more
                if not self._threads:
                    raise
                self._most = len(self._threads)
            else:
                self._threads.append(thread)
        return future

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, item = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(self._work(item))
                except BaseException as error:
                    future.set_exception(error)
            del task, future, item  # nothing of it is kept while there is nothing to do

    def end(self, pending: list[futures.Future[Result]], patience: float) -> None:
        for future in pending:
            future.cancel()
        for _ in self._threads:
            self._tasks.put(None)
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
