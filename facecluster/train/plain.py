"""Records as the plain values of JSON, and back. Loads no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

Record = TypeVar("Record")


def to_plain(record: object) -> Any:
    """A dataclass, also within others, as dicts, lists, strings and finite numbers; paths as
    strings."""
    return msgspec.json.decode(msgspec.json.encode(record, enc_hook=str))


def from_plain(kind: type[Record], values: object, text: bool = False) -> Record:
    """The record that `values` describe; every type in it is checked, numbers may be nan.

    text: numbers and truths come as strings, as CSV has them. Raises ValueError that names what is
    missing, of a wrong type, or unknown to `kind`, and what the record itself raises.
    """
    try:
        made = msgspec.convert(values, kind, strict=not text, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    unknown = _unknown(values, msgspec.to_builtins(made, enc_hook=str))
    if unknown:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}")
    return made


def _path(kind: type[Any], value: Any) -> Any:
    """What msgspec does not know itself: pathlib.Path."""
    if not isinstance(value, str):
        raise ValueError(f"expected a string, got {type(value).__name__}")
    return kind(value)


def _unknown(values: Any, known: Any) -> set[str]:
    """Keys that msgspec passed over, as it does for dataclasses."""
    if isinstance(values, Mapping) and isinstance(known, Mapping):
        inner = [_unknown(value, known[key]) for key, value in values.items() if key in known]
        return {str(key) for key in values if key not in known}.union(*inner)
    if isinstance(values, list | tuple) and isinstance(known, list | tuple):
        return set[str]().union(*map(_unknown, values, known))
    return set()
