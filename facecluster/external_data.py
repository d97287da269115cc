"""Whether an ONNX file names other files for its weights: such a file could read any other.

ONNX Runtime opens what a tensor's `location` names, and takes one kind of it for an address in
memory. The package onnx need not be there, so the few fields that lead to tensors are followed in
protobuf's own encoding (https://protobuf.dev/programming-guides/encoding, onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facecluster.errors import ModelError

# By message, the fields that hold messages through which tensors are reached.
_LEADS: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL: Final = 13  # of a tensor: where it lies
_NAME: Final = b"location"  # the entry without which no file is opened
_DEEPEST: Final = 100  # messages in messages, as protobuf has it
_FIXED: Final = {1: 8, 5: 4}  # bytes of the wire types that have no length
_VARINT, _BYTES = 0, 2


def refuse_external_data(content: bytes) -> None:
    """Raise ModelError where the ONNX model in `content` has weights outside of it, or is of ONNX
    Runtime's own format. Whether it is a model at all is not said."""
    if content[4:8] == b"ORTM":
        raise ModelError("of ONNX Runtime's own format; give the ONNX file that it was made from")
    if _NAME in content and _leads_out(memoryview(content)):
        raise ModelError(
            "has weights in other files, which are never opened; "
            "save it with all its weights as one file"
        )


def _leads_out(content: memoryview) -> bool:
    waiting = [("model", content, 0)]
    while waiting:
        kind, message, depth = waiting.pop()
        for number, part in _parts(message):
            if kind == "tensor" and number == _EXTERNAL:
                return True
            inner = _LEADS[kind].get(number)
            if inner is not None and depth < _DEEPEST:
                waiting.append((inner, part, depth + 1))
    return False


def _parts(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and content of the fields that have a length, up to where it is damaged."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            _, at = _varint(message, at)
        elif wire == _BYTES:
            size, at = _varint(message, at)
            yield number, message[at : at + size]
            at += size
        else:
            at += _FIXED.get(wire, 0)  # a group begins or ends: its fields are looked at as well


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            break
    return value, at
