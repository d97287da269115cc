"""Look through a pickle before it is opened: a few bytes can ask for all memory, or for ever.

The opcodes are walked with a stack that knows only how deep and how large values will be. What no
list of labels, array or state dict needs is refused: other opcodes, names that were not allowed,
values nested without end or in themselves, keys whose hashes can be made to collide.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from facecluster.train.pickles.nodes import LONG_NUMBER, NUMBER, Node, PickleRefusedError

Names = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PickleLimits:
    """opcodes: of one pickle; the 50,000 labels of CIFAR-10 take one each, 1,000 weights 30,000.
    groups: lists, dictionaries and objects, up to 500 bytes of memory each. depth: of nesting.
    values: that are shared, counted in each place, since whoever reads on walks all of them.
    """

    opcodes: int = 4_000_000
    groups: int = 400_000
    depth: int = 40
    values: int = 4_000_000


LIMITS: Final = PickleLimits()
_NUMBERS: Final = frozenset(("NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2"))
_LONGS: Final = frozenset(("LONG", "LONG1", "LONG4"))
_BYTES: Final = frozenset(("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"))
_OLD_TEXTS: Final = frozenset(("STRING", "BINSTRING", "SHORT_BINSTRING"))
_TEXTS: Final = frozenset(("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"))
_PUTS: Final = frozenset(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"))
_GETS: Final = frozenset(("GET", "BINGET", "LONG_BINGET"))
_LONGEST: Final = 512  # bits of a number
_NAME: Final = 200  # characters; longer texts name nothing
_ENCODE: Final = "_codecs encode"  # how Python 3 writes bytes into an old pickle
_MARK: Final = Node(closed=True)


def check_pickle(
    stream: BytesIO, allowed: Names, *, persistent: bool = False, limits: PickleLimits = LIMITS
) -> None:
    """Walk the pickle that comes next in `stream`, and stay behind it.

    allowed: module and name of everything that it may ask for. persistent: it may refer to objects
    outside of it. Raises PickleRefusedError, and nothing else, whatever the bytes are.
    """
    walk = _Walk(allowed, persistent, limits)
    try:
        for count, (opcode, value, _) in enumerate(pickletools.genops(stream)):
            if count > limits.opcodes:
                raise PickleRefusedError(f"it has more than {limits.opcodes:,} steps")
            walk.step(opcode.name, value, count)
    except PickleRefusedError:
        raise
    except (IndexError, KeyError) as error:
        raise PickleRefusedError("it is damaged (a value is missing)") from error
    except MemoryError as error:
        raise PickleRefusedError("it wants more memory than there is") from error
    except Exception as error:  # damaged pickles raise nearly anything
        raise PickleRefusedError(f"it is damaged ({type(error).__name__})") from error


class _Walk:
    """The stack and the memo of an unpickler, with nodes in the place of values."""

    def __init__(self, allowed: Names, persistent: bool, limits: PickleLimits) -> None:
        self._allowed, self._persistent, self._limits = allowed, persistent, limits
        self._stack: list[Node] = []
        self._memo: dict[int, Node] = {}
        self._groups = self._shared = 0

    def step(self, name: str, value: Any, count: int) -> None:
        """One opcode. value: its argument. count: how many opcodes came before it."""
        if name in _NUMBERS or name in _LONGS or name in _BYTES:
            self._stack.append(self._number(value))
        elif name in _TEXTS or name in _OLD_TEXTS:
            self._stack.append(Node(key=True, text=value if len(value) <= _NAME else None))
        elif name in _PUTS:
            self._put(len(self._memo) if name == "MEMOIZE" else value, count)
        elif name in _GETS:
            self._get(value)
        elif name in _STEPS:
            _STEPS[name](self)
        elif name in ("GLOBAL", "FRAME", "PROTO"):
            if name == "GLOBAL":
                self._ask(*value.split(" ", 1))
        else:
            raise PickleRefusedError(f"it has the opcode {name}, which no set of values needs")

    def _number(self, value: object) -> Node:
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            if value.bit_length() > _LONGEST:
                raise PickleRefusedError("it has a number without end")
            return LONG_NUMBER
        return NUMBER

    def _put(self, place: int, count: int) -> None:
        if not 0 <= place <= count + 1:
            raise PickleRefusedError("it numbers more values than it has")
        self._memo[place] = self._top()

    def _get(self, place: int) -> None:
        node = self._memo[place]
        node.closed = True
        self._shared += node.size
        if self._shared > self._limits.values:
            raise PickleRefusedError("its values unfold to too many")
        self._stack.append(node)

    def _group(self, members: list[Node]) -> None:
        self._groups += 1
        if self._groups > self._limits.groups:
            raise PickleRefusedError(f"it has more than {self._limits.groups:,} lists and objects")
        made = Node()
        made.take(members, self._limits.depth)
        self._stack.append(made)

    def _top(self) -> Node:
        if self._stack[-1] is _MARK:
            raise IndexError
        return self._stack[-1]

    def _pop(self, count: int = 1) -> list[Node]:
        members = [self._stack.pop() for _ in range(count)]
        if _MARK in members:
            raise IndexError
        return members[::-1]

    def _since_mark(self) -> list[Node]:
        members: list[Node] = []
        while (node := self._stack.pop()) is not _MARK:
            members.append(node)
        return members[::-1]

    def _fill(self, members: list[Node]) -> None:
        self._top().take(members, self._limits.depth)

    def _keyed(self, members: list[Node]) -> list[Node]:
        if len(members) % 2 or not all(node.key for node in members[::2]):
            raise PickleRefusedError("a key in it is neither a text nor a small number")
        return members

    def _ask(self, module: str | None, name: str | None) -> None:
        if (module, name) not in self._allowed:
            raise PickleRefusedError(f"it asks for {module}.{name}, which no set of pictures needs")
        self._stack.append(Node(text=f"{module} {name}", closed=True))

    def _call(self) -> None:
        called, _ = members = self._pop(2)
        self._group(members)
        self._stack[-1].key = called.text == _ENCODE  # which gives bytes

    def _refer(self) -> None:
        if not self._persistent:
            raise PickleRefusedError("it refers to objects outside of it")
        self._group(self._pop())


_STEPS: Final[dict[str, Callable[[_Walk], None]]] = {
    "STOP": lambda walk: None,
    "MARK": lambda walk: walk._stack.append(_MARK),
    "BINFLOAT": lambda walk: walk._stack.append(LONG_NUMBER),
    "FLOAT": lambda walk: walk._stack.append(LONG_NUMBER),
    "EMPTY_LIST": lambda walk: walk._group([]),
    "EMPTY_TUPLE": lambda walk: walk._group([]),
    "EMPTY_DICT": lambda walk: walk._group([]),
    "LIST": lambda walk: walk._group(walk._since_mark()),
    "TUPLE": lambda walk: walk._group(walk._since_mark()),
    "TUPLE1": lambda walk: walk._group(walk._pop(1)),
    "TUPLE2": lambda walk: walk._group(walk._pop(2)),
    "TUPLE3": lambda walk: walk._group(walk._pop(3)),
    "DICT": lambda walk: walk._group(walk._keyed(walk._since_mark())),
    "APPEND": lambda walk: walk._fill(walk._pop()),
    "APPENDS": lambda walk: walk._fill(walk._since_mark()),
    "SETITEM": lambda walk: walk._fill(walk._keyed(walk._pop(2))),
    "SETITEMS": lambda walk: walk._fill(walk._keyed(walk._since_mark())),
    "REDUCE": _Walk._call,
    "BUILD": lambda walk: walk._fill(walk._pop()),
    "BINPERSID": _Walk._refer,
    "STACK_GLOBAL": lambda walk: walk._ask(*(node.text for node in walk._pop(2))),
}
