"""Work spread over threads, with no more of it begun than its consumer keeps up with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def pooled(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int,
    in_flight: int,
    ordered: bool,
    name: str = "worker",
) -> Iterator[Result]:
    """What `work` makes of each of `items`, by `threads` threads called `name_0` and so on.

    in_flight: items per thread that may be in work or wait, finished, for their turn; the next one
    is taken from `items` only when there is room. ordered: results in the order of the items;
    otherwise each as soon as it is ready.

    What `work` raises is raised here, at the turn of its item. However the iterator ends (at the
    last item, by an error, an interrupt or its own `close`), what is in work is finished, what has
    not begun is dropped, and no thread is left.
    """
    waiting = iter(items)
    pool = futures.ThreadPoolExecutor(threads, thread_name_prefix=name)
    pending: list[futures.Future[Result]] = []
    try:
        while True:
            room = threads * in_flight - len(pending)
            pending += (pool.submit(work, item) for item in islice(waiting, room))
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
        pool.shutdown(wait=True, cancel_futures=True)
