"""What `torch.save` wrote, read without trusting a byte of it.

`torch.load` can be told to run no code, but still believes every size: it reads a storage that is
said to be larger than its record beyond the end, unfolds archives to any size, and nested keys let
its stack overflow. So pickles are walked first, tensors are made here of bytes that are there, and
what neither a state dict nor a checkpoint of ours needs is refused.
"""

from __future__ import annotations

import io
import pickle
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import torch
from torch import Tensor

from facecluster.errors import ModelError
from facecluster.train.model.tensors import STAND_INS, Storages
from facecluster.train.pickles.nodes import PickleRefusedError
from facecluster.train.pickles.records import Records
from facecluster.train.pickles.walk import check_pickle

# What a file began with before PyTorch 1.6 made archives, and the version of that format.
_OLD_START: Final = [0x1950A86A20F9469CFC6C, 1001]
_COUNT: Final = struct.Struct("<q")


def read_torch(path: Path, otherwise: str) -> Any:
    """The values in the file: containers, numbers, texts, and tensors on the CPU.

    Files of before PyTorch 1.6 are read as well. otherwise: what to call any other file. Raises
    ModelError that names the file and says why it is not read, and nothing else, whatever it holds.
    """
    try:
        if not path.is_file():
            path.stat()  # says what is wrong with it
            raise ModelError(f"{path}: cannot be read (it is not a file)")
        with path.open("rb") as file:
            archived = file.read(4) == b"PK\3\4"
            file.seek(0)
            return _archived(file) if archived else _old(file.read())
    except (OSError, ValueError) as error:  # ValueError: no file can have this name
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(f"{path}: cannot be read ({reason})") from error
    except PickleRefusedError as error:
        raise ModelError(f"{path}: {otherwise} ({error})") from error
    except MemoryError as error:
        raise ModelError(f"{path}: there is not enough memory to read it") from error


def _archived(file: BinaryIO) -> Any:
    records = Records(file)
    _check_order(records.get("byteorder") in (None, sys.byteorder.encode()))
    described = records.get("data.pkl")
    if described is None:
        raise PickleRefusedError("the archive has no data.pkl")

    def record(key: str, kind: torch.dtype, count: int) -> Tensor:
        data = records.get(f"data/{key}") or b""
        if len(data) != count * kind.itemsize:
            raise PickleRefusedError("a storage has another size than its record")
        return _values_of(data, kind)

    return _unpickled(io.BytesIO(described), Storages(record))


def _old(data: bytes) -> Any:
    """Magic number, version, ways of the machine, values and keys of storages, each as a pickle;
    then the storages: their count of values, and these."""
    stream, announced = io.BytesIO(data), 0

    def room(_: str, kind: torch.dtype, count: int) -> Tensor:
        nonlocal announced
        announced += count * kind.itemsize
        if announced > len(data):
            raise PickleRefusedError("its storages are larger than the file")
        return torch.zeros(count, dtype=kind)

    storages = Storages(room)
    if [_unpickled(stream, storages) for _ in _OLD_START] != _OLD_START:
        raise PickleRefusedError("by its first bytes")
    machine = _unpickled(stream, storages)
    little = isinstance(machine, dict) and machine.get("little_endian") is True
    _check_order(little == (sys.byteorder == "little"))
    values, keys = (_unpickled(stream, storages) for _ in range(2))
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(storages.made):
        raise PickleRefusedError("its storages are not those that its tensors lie in")
    for key in keys:
        storage = storages.made[str(key)]
        size = len(storage) * storage.dtype.itemsize
        if stream.read(_COUNT.size) != _COUNT.pack(len(storage)):
            raise PickleRefusedError("a storage has another size than announced")
        part = stream.read(size)
        if len(part) != size:
            raise PickleRefusedError("it is cut short")
        storage.copy_(_values_of(part, storage.dtype))
    return values


def _check_order(same: bool) -> None:
    if not same:
        raise PickleRefusedError("it comes from a machine with another order of bytes")


def _values_of(data: bytes, kind: torch.dtype) -> Tensor:
    """A tensor [N] with its own memory."""
    return torch.frombuffer(bytearray(data), dtype=kind) if data else torch.empty(0, dtype=kind)


def _unpickled(stream: io.BytesIO, storages: Storages) -> Any:
    """The pickle that comes next in `stream`. Raises PickleRefusedError."""
    start = stream.tell()
    check_pickle(stream, STAND_INS, persistent=True)
    stream.seek(start)
    try:
        return _Unpickler(stream, storages).load()
    except PickleRefusedError:
        raise
    except MemoryError as error:
        raise PickleRefusedError("it wants more memory than there is") from error
    except Exception as error:  # damaged pickles raise nearly anything
        raise PickleRefusedError(f"it is damaged ({type(error).__name__})") from error


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, storages: Storages) -> None:
        super().__init__(stream, encoding="utf-8")
        self._storages = storages

    def find_class(self, module: str, name: str, /) -> Any:
        return STAND_INS[module, name]

    def persistent_load(self, pid: object, /) -> Any:
        return self._storages.named(pid)
