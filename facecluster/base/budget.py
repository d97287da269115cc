"""Bytes that threads share: who wants more than is left waits until others give theirs back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Budget:
    """`size` bytes for all threads. They are served in the order in which they ask, so that a large
    wish is not passed over for ever by small ones."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"size: expected at least 1 byte, got {size}")
        self.size = size
        self._free = size
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def hold(self, amount: int) -> Iterator[None]:
        """Have `amount` bytes for the length of the block; more than there are count as all.

        One thread must not ask twice: it would wait for itself.
        """
        amount = min(max(amount, 0), self.size)
        with self._changed:
            if self._queue or amount > self._free:
                ticket = object()
                self._queue.append(ticket)
                try:
                    self._changed.wait_for(
                        lambda: self._queue[0] is ticket and amount <= self._free
                    )
                finally:
                    self._queue.remove(ticket)
                    self._changed.notify_all()
            self._free -= amount
        try:
            yield
        finally:
            with self._changed:
                self._free += amount
                self._changed.notify_all()
