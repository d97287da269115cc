"""Pickles that cannot run anything: plain containers, and arrays of bytes that we build ourselves.

A pickle may call whatever it names. Here the few names that a pickled array needs lead to
stand-ins that only remember what they are given; every other name is refused.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facecluster.train.pickles.nodes import PickleRefusedError
from facecluster.train.pickles.walk import check_pickle


class _Type:
    """Stands for numpy.dtype: the code of the values, such as u1."""

    def __init__(self, code: object = "", *_: object) -> None:
        self.code = code.decode("latin-1") if isinstance(code, bytes) else code

    def __setstate__(self, state: object) -> None:
        """Byte order and the like, which bytes do not have."""


class Array:
    """Stands for numpy.ndarray: its state, and the array when that is one of bytes."""

    def __init__(self) -> None:
        self._state: Any = None

    def __setstate__(self, state: object) -> None:
        self._state = state

    def pixels(self) -> NDArray[np.uint8]:
        """uint8, read-only. Raises PickleRefusedError for anything else than an array of bytes."""
        try:
            _, shape, kind, by_columns, data = self._state
            if kind.code not in ("u1", "|u1", "B") or not isinstance(data, bytes):
                raise PickleRefusedError("its pixels are not unsigned bytes")
            array = np.frombuffer(data, np.uint8)
            return array.reshape(shape, order="F" if by_columns else "C")
        except (TypeError, ValueError, AttributeError) as error:
            raise PickleRefusedError("its array cannot be understood") from error


def _reconstruct(*_: object) -> Array:
    return Array()


def _encode(text: str, coding: str = "latin1") -> bytes:
    """How Python 3 writes bytes into an old pickle."""
    if coding not in ("latin1", "latin-1"):
        raise PickleRefusedError(f"it wants the coding {coding!r}")
    return text.encode("latin-1")


_STAND_INS: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): Array,
    ("numpy", "dtype"): _Type,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        if (module, name) not in _STAND_INS:
            raise PickleRefusedError(f"it asks for {module}.{name}, which no set of pictures needs")
        return _STAND_INS[module, name]

    def persistent_load(self, pid: object, /) -> Any:
        raise PickleRefusedError("it refers to objects outside of it")


def unpickle(data: bytes) -> Any:
    """Containers, numbers, texts, bytes and `Array`. Texts of Python 2 come as bytes.

    Raises PickleRefusedError, and nothing else, whatever the bytes are.
    """
    check_pickle(io.BytesIO(data), _STAND_INS)
    try:
        return _Unpickler(io.BytesIO(data), encoding="bytes").load()
    except PickleRefusedError:
        raise
    except MemoryError as error:
        raise PickleRefusedError("it wants more memory than there is") from error
    except Exception as error:  # damaged pickles raise nearly anything
        raise PickleRefusedError(f"it is damaged ({type(error).__name__})") from error
