"""Tensors out of pickles of torch.save, each of them made of bytes that are really there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import prod
from typing import Any, Final

import torch
from torch import Tensor

from facecluster.train.pickles.nodes import PickleRefusedError

_STORAGES: Final = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
_AXES: Final = 16
_KEYS: Final = (str, bytes, int)


class Ordered(OrderedDict[Any, Any]):
    """Stands for collections.OrderedDict, to which a pickle may add `_metadata` and nothing else
    beside its items: else it could hide its methods."""

    def __init__(self, pairs: object = ()) -> None:
        super().__init__()
        if not isinstance(pairs, list | tuple):
            raise PickleRefusedError("it has an odd dictionary")
        for pair in pairs:  # as Python 2 wrote them
            if not isinstance(pair, list | tuple) or len(pair) != 2 or type(pair[0]) not in _KEYS:
                raise PickleRefusedError("it has an odd dictionary")
            self[pair[0]] = pair[1]

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, dict) or set(state) != {"_metadata"}:
            raise PickleRefusedError("it has an odd dictionary")

    def __reduce__(self) -> Any:
        return OrderedDict, (), None, None, iter(self.items())


class Storages:
    """What tensors lie in, made when it is first asked for.

    make: from the storage's key, its type and how many values it is said to have to a tensor
    [values]; it is the one to refuse sizes that cannot be.
    """

    def __init__(self, make: Callable[[str, torch.dtype, int], Tensor]) -> None:
        self._make = make
        self.made: dict[str, Tensor] = {}

    def named(self, reference: object) -> Tensor:
        """The storage that a pickle refers to. Raises PickleRefusedError."""
        if not isinstance(reference, tuple) or len(reference) not in (5, 6):
            raise PickleRefusedError("it refers to something else than a storage")
        mark, kind, key, _, count, *view = reference
        if mark not in ("storage", b"storage") or not isinstance(kind, torch.dtype):
            raise PickleRefusedError("it refers to something else than a storage")
        if not isinstance(key, str) or not _are_counts((count,)):
            raise PickleRefusedError("it refers to something else than a storage")
        if key not in self.made:
            self.made[key] = self._make(key, kind, count)
        storage = self.made[key]
        if storage.dtype != kind or len(storage) != count:
            raise PickleRefusedError("it uses one storage in two ways")
        return _part(storage, view[0]) if view and view[0] is not None else storage


def _part(storage: Tensor, view: object) -> Tensor:
    """Of a storage that was a part of another one, as PyTorch 0.3 had them."""
    if not isinstance(view, tuple) or len(view) != 3 or not _are_counts(view[1:]):
        raise PickleRefusedError("it has an odd part of a storage")
    _, first, count = view
    if first + count > len(storage):
        raise PickleRefusedError("a tensor is larger than what it lies in")
    return storage[first : first + count]


def _are_counts(values: object) -> bool:
    return isinstance(values, tuple) and all(type(v) is int and 0 <= v < 1 << 62 for v in values)


def _tensor(storage: object, offset: object, size: object, stride: object, *_: object) -> Tensor:
    if not isinstance(storage, Tensor) or storage.dim() != 1:
        raise PickleRefusedError("it has a tensor that lies in no storage")
    if not (_are_counts((offset,)) and _are_counts(size) and _are_counts(stride)):
        raise PickleRefusedError("it has a tensor of an odd size")
    assert isinstance(offset, int)
    assert isinstance(size, tuple)
    assert isinstance(stride, tuple)
    if len(size) != len(stride) or len(size) > _AXES:
        raise PickleRefusedError("it has a tensor of an odd size")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if prod(size) > len(storage) or (prod(size) and last >= len(storage)):
        raise PickleRefusedError("a tensor is larger than what it lies in")
    return storage.as_strided(size, stride, storage.storage_offset() + offset)


def _parameter(tensor: object, *_: object) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise PickleRefusedError("it has a parameter that is no tensor")
    return tensor


def _sizes(values: tuple[int, ...] = ()) -> torch.Size:
    if not _are_counts(values):
        raise PickleRefusedError("it has an odd size")
    return torch.Size(values)


def _place(*_: object) -> torch.device:
    return torch.device("cpu")


# What a pickle may name, and what it gets.
STAND_INS: Final[dict[tuple[str, str], Any]] = {
    ("collections", "OrderedDict"): Ordered,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch", "Size"): _sizes,
    ("torch", "device"): _place,
    ("torch.storage", "UntypedStorage"): torch.uint8,
    **{("torch", name): kind for name, kind in _STORAGES.items()},
    **{("torch", str(kind).removeprefix("torch.")): kind for kind in _STORAGES.values()},
}
