"""Damage to files, decided by a seed alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.fuzz.target import Target

LENGTHS = (0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 4096, 32767, 32768, 65535, 65536, 1 << 24)
LARGE = ((1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 62), (1 << 63) - 1, (1 << 64) - 1)
MOST = 1 << 20  # bytes that a file may grow to


def damaged(target: Target, seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """The `number`-th file of the target. The same for the same seed, whatever came before."""
    dice = random.Random(f"{seed}/{target.name}/{number}")
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        dice.choice(KINDS)(data, dice, seeds, target.words)
        del data[MOST:]
    return target.mend(bytes(data), dice)


Change = Callable[[bytearray, random.Random, Sequence[bytes], Sequence[bytes]], None]


def _bits(data: bytearray, dice: random.Random, *_: Sequence[bytes]) -> None:
    for _ in range(dice.choice((1, 1, 1, 4, 16)) if data else 0):
        data[_place(data, dice)] ^= 1 << dice.randrange(8)


def _bytes(data: bytearray, dice: random.Random, *_: Sequence[bytes]) -> None:
    at = _place(data, dice)
    data[at : at + dice.randint(0, 8)] = dice.randbytes(dice.randint(0, 8))


def _number(data: bytearray, dice: random.Random, *_: Sequence[bytes]) -> None:
    """A length, a count or a place, in either order of bytes."""
    size = dice.choice((1, 2, 4, 4, 8))
    value = dice.choice(LENGTHS + LARGE) % (1 << 8 * size)
    at = _place(data, dice)
    if dice.random() < 0.3 and at + size <= len(data):  # a little more or less than it was
        order = dice.choice(("big", "little"))
        was = int.from_bytes(data[at : at + size], order)
        value = (was + dice.choice((-1, 1, 256, 65536))) % (1 << 8 * size)
    data[at : at + size] = value.to_bytes(size, dice.choice(("big", "little")))


def _cut(data: bytearray, dice: random.Random, *_: Sequence[bytes]) -> None:
    if dice.random() < 0.5:
        del data[_place(data, dice) :]
    else:
        at = _place(data, dice)
        del data[at : at + dice.randint(1, 64)]


def _again(data: bytearray, dice: random.Random, *_: Sequence[bytes]) -> None:
    """A part of it once more, or very often."""
    at = _place(data, dice)
    part = bytes(data[at : at + dice.randint(1, 64)])
    data[at:at] = part * dice.choice((1, 1, 2, 50, 1000))


def _other(
    data: bytearray, dice: random.Random, seeds: Sequence[bytes], _: Sequence[bytes]
) -> None:
    """A part of another one."""
    other = dice.choice(seeds)
    start = dice.randrange(len(other) + 1)
    at = _place(data, dice)
    part = other[start : start + dice.randint(1, 256)]
    data[at : at + (len(part) if dice.random() < 0.5 else 0)] = part


def _word(data: bytearray, dice: random.Random, _: Sequence[bytes], words: Sequence[bytes]) -> None:
    word = dice.choice(words) if words else dice.randbytes(4)
    at = _place(data, dice)
    data[at : at + (len(word) if dice.random() < 0.5 else 0)] = word


def _place(data: bytearray, dice: random.Random) -> int:
    """Rather near the beginning, where heads are."""
    near = dice.random() < 0.5
    return dice.randrange(min(len(data), 64 if near else len(data)) or 1)


KINDS: tuple[Change, ...] = (_bits, _bits, _bytes, _number, _number, _cut, _again, _other, _word)
