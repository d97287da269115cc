"""Calls of several threads made into one, for devices that are only quick with many rows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from facecluster.records import Pixels

Answer = TypeVar("Answer")


class Combiner(Generic[Answer]):
    """Runs what several threads ask for as one call.

    Whoever comes while the device is busy waits, and the next call takes along all that wait: the
    slower the device, the larger its batches, and nobody waits for a batch to fill. A processor
    gains nothing by this, and there the numbers of a photo should not depend on its neighbours;
    so sessions on the CPU go without.

    Parameters
    ----------
    run : gets the arrays of the calls taken together and what they have in common (`kind`); gives
        an answer for each array.
    most : rows of one call, unless a single array brings more.

    References
    ----------
    Hendler, Incze, Shavit and Tzafrir, "Flat combining and the synchronization-parallelism
    tradeoff", SPAA 2010.
    """

    def __init__(self, run: Callable[[list[Pixels], Any], list[Answer]], most: int) -> None:
        self._run = run
        self._most = most
        self._turn = threading.Lock()  # held by the thread whose call runs
        self._waiting: deque[tuple[Pixels, Hashable, Future[Answer]]] = deque()

    def ask(self, rows: Pixels, kind: Hashable = None) -> Answer:
        """The answer for `rows`, uint8 [N, ...]; only arrays of equal `kind` share a call, and
        these must stack. Raises what the call raises."""
        mine: Future[Answer] = Future()
        self._waiting.append((rows, kind, mine))
        while not mine.done():
            with self._turn:
                if not mine.done():
                    self._serve()
        return mine.result()

    def _serve(self) -> None:
        """Run the call of whoever has waited longest, with all that fit in."""
        first, kind, waiter = self._waiting.popleft()
        taken, count = [(first, waiter)], len(first)
        left = []
        while self._waiting:  # others may append meanwhile; they are seen or wait for their turn
            rows, other, future = self._waiting.popleft()
            if other == kind and count + len(rows) <= self._most:
                taken.append((rows, future))
                count += len(rows)
            else:
                left.append((rows, other, future))
        self._waiting.extendleft(reversed(left))
        try:
            answers = self._run([rows for rows, _ in taken], kind)
        except BaseException as error:
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), answer in zip(taken, answers, strict=True):
            future.set_result(answer)
