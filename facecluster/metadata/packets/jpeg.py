"""XMP in the APP1 segments of a JPEG, in one of them or spread over many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facecluster.metadata.files import Parts
from facecluster.metadata.limits import Limits

_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED: Final = b"http://ns.adobe.com/xmp/extension/\0"
_GUID: Final = 32  # hexadecimal digits, then the whole length and this part's place, 4 bytes each
_APP1: Final = 0xE1
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_ENDS: Final = frozenset({0xDA, 0xD9})  # the scan, the end


def jpeg_packets(file: Parts, start: int, limits: Limits) -> list[bytes]:
    """The packets before the first scan of the JPEG that begins at `start`."""
    plain: list[bytes] = []
    extended: dict[bytes, dict[int, tuple[int, bytes]]] = {}
    for content in _app1(file, start, limits):
        if content.startswith(_XMP) and len(plain) < limits.packets:
            plain.append(content[len(_XMP) :])
        elif content.startswith(_EXTENDED):
            at = len(_EXTENDED)
            guid, rest = content[at : at + _GUID], content[at + _GUID :]
            whole, place = int.from_bytes(rest[:4], "big"), int.from_bytes(rest[4:8], "big")
            if guid in extended or len(extended) < limits.packets:
                extended.setdefault(guid, {})[place] = whole, rest[8:]
    named = [guid for guid in extended if any(guid in packet for packet in plain)]
    joined = (_joined(extended[guid], limits) for guid in named)
    return plain + [packet for packet in joined if packet]


def _app1(file: Parts, at: int, limits: Limits) -> Iterator[bytes]:
    """The contents of the APP1 segments that may hold XMP."""
    at += 2
    for _ in range(min(limits.segments, 1 + file.size // 4)):
        head = file.read(at, 4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in _ENDS:
            return
        if head[1] == 0xFF or head[1] in _BARE:  # filling, or nothing behind the marker
            at += 1 if head[1] == 0xFF else 2
            continue
        length = int.from_bytes(head[2:], "big")
        if head[1] == _APP1 and file.read(at + 4, 4) == b"http":
            yield file.read(at + 4, length - 2)
        at += 2 + max(length, 2)


def _joined(parts: dict[int, tuple[int, bytes]], limits: Limits) -> bytes:
    """The parts in order; nothing where one is missing or they do not fit together."""
    whole = next(iter(parts.values()))[0]
    if whole > limits.packet or any(length != whole for length, _ in parts.values()):
        return b""
    pieces, at = [], 0
    for place in sorted(parts):
        if place != at:
            return b""
        pieces.append(parts[place][1])
        at += len(parts[place][1])
    return b"".join(pieces) if at == whole else b""
