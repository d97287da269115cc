"""Pickles and files of torch.save that ask for more than there is. All are small."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

_DOUBLED = b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60  # twice the same, 60 times
BOMBS: dict[str, bytes] = {
    "a key of a tuple in a tuple ...": b"\x80\x02})" + b"\x85" * 200_000 + b"K\x01s.",
    "tuples in tuples": b"\x80\x02)" + b"\x85" * 200_000 + b".",
    "lists in lists": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "a key that hashes for ever": _DOUBLED + b"}h\x00K\x01s.",
    "values that unfold": _DOUBLED + b".",
    "copies of the stack": b"\x80\x02)" + b"2\x86" * 60 + b"}2K\x01s.",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "two lists in each other": b"\x80\x02]q\x00]q\x01h\x00ah\x00h\x01a.",
    "a dictionary in itself": b"\x80\x02}q\x00K\x01h\x00s.",
    "a memo of four billion": b"\x80\x02Nr\xff\xff\xff\xff.",
    "half a billion in the memo": b"\x80\x02Nr\xff\xff\xff\x1f.",
    "a text of four billion": b"\x80\x02X\xff\xff\xff\xff.",
    "bytes of eight exabytes": b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "bytes to be filled in": b"\x80\x05\x96\x00\x00\x00\x00\x01\x00\x00\x00.",
    "a number of four billion bytes": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "a number without end": b"\x80\x02\x8b\xa0\x86\x01\x00" + b"\x7f" * 100_000 + b".",
    "digits without end": b"L" + b"9" * 100_000 + b"L\n.",
    "a frame of eight exabytes": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.",
    "keys of one hash": b"\x80\x02}(" + b"".join(
        b"\x8a\x11" + (i * ((1 << 61) - 1) + (1 << 70)).to_bytes(17, "little") + b"N"
        for i in range(1000)
    ) + b"u.",
    "sets": b"\x80\x04" + b"\x8f" * 1000 + b".",
    "millions of lists": b"\x80\x02" + b"]" * 500_000 + b".",
    "nothing on the stack": b"\x80\x02a.",
    "a mark for a value": b"\x80\x02(q\x00.",
    "a number that calls": b"\x80\x02K\x01)R.",
}  # fmt: skip


def archive(described: bytes, records: dict[str, bytes], **how: int) -> bytes:
    """As torch.save lays it out, with this for data.pkl."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **how) as made:  # type: ignore[arg-type]
        made.writestr("a/data.pkl", described)
        for name, data in records.items():
            made.writestr(f"a/{name}", data)
    return file.getvalue()


def tensor(count: int, size: bytes = b"J\x02\0\0\0\x85", stride: bytes = b"K\x01\x85") -> bytes:
    """A state dict with one tensor; its storage is said to have so many values."""
    number = b"\x8a\x08" + count.to_bytes(8, "little", signed=True)
    return (
        b"\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n"
        b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu" + number
        + b"tQK\0" + size + stride + b"\x89ccollections\nOrderedDict\n)RtRs."
    )  # fmt: skip


FOUR: dict[str, bytes] = {"data/0": struct.pack("<2f", 1, 2)}
HUGE = b"J\xff\xff\xff\x7f"
LIES: dict[str, Callable[[], bytes]] = {
    "a storage larger than its record": lambda: archive(tensor(1 << 20), FOUR),
    "a storage of eight exabytes": lambda: archive(tensor((1 << 62) - 1), FOUR),
    "a storage of less than nothing": lambda: archive(tensor(-1), FOUR),
    "a tensor larger than its storage": lambda: archive(tensor(2, b"K\x03\x85"), FOUR),
    "a tensor that steps out": lambda: archive(tensor(2, stride=b"K\x02\x85"), FOUR),
    "a tensor that steps back": lambda: archive(tensor(2, stride=b"J\xff\xff\xff\xff\x85"), FOUR),
    "one value, a billion times": lambda: archive(
        tensor(2, HUGE + b"\x85", stride=b"K\0\x85"), FOUR
    ),
    "a storage without a record": lambda: archive(tensor(2), {}),
    "compressed records": lambda: archive(
        tensor(1 << 22), {"data/0": bytes(1 << 24)}, compression=zipfile.ZIP_DEFLATED
    ),
    "an archive without values": lambda: archive(b"", FOUR).replace(b"data.pkl", b"data.pkx"),
    "no pickle": lambda: archive(b"", FOUR),
    "a machine of another kind": lambda: archive(tensor(2), FOUR | {"byteorder": b"big"}),
    "an archive cut short": lambda: archive(tensor(2), FOUR)[:-30],
    "an object with other methods": lambda: archive(
        b"\x80\x02ccollections\nOrderedDict\n)R}X\x05\0\0\0itemsNsb.", FOUR
    ),
}
