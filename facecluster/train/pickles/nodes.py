"""What lies on a pickle's stack while it is walked: how deep and how large it will be, not what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class PickleRefusedError(Exception):
    """What is not allowed in a pickle, or why it is not one."""


@dataclass(slots=True, eq=False)
class Node:
    """One value.

    depth: how much is nested in it. size: values in it, what it shares counted for each place.
    text: where it may name something. key: it may be the key of a dictionary. closed: it is part of
    something, or has been handed out, and must not grow any more: so nothing ends up in itself, and
    `size` and `depth` stay true.
    """

    depth: int = 0
    size: int = 1
    text: str | None = None
    key: bool = False
    closed: bool = False

    def take(self, others: Iterable[Node], deepest: int) -> None:
        """Have `others` put into it. Raises PickleRefusedError when it must not grow, or would
        become deeper than `deepest`."""
        if self.closed:
            raise PickleRefusedError("it changes a value that is part of another one")
        for other in others:
            other.closed = True
            self.depth = max(self.depth, other.depth + 1)
            self.size += other.size
        if self.depth > deepest:
            raise PickleRefusedError("its values are nested too deep")


NUMBER = Node(key=True, closed=True)  # also truths, bytes and None
LONG_NUMBER = Node(closed=True)  # no key: many such numbers can share one hash
