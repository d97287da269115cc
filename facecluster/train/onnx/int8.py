"""int8 models: smaller and faster on a CPU, from a float32 model and pictures. Loads no torch.

Post-training static quantisation (Jacob et al., "Quantization and Training of Neural Networks for
Efficient Integer-Arithmetic-Only Inference", CVPR 2018): weights per channel in seven bits, so
that AVX2's pmaddubsw cannot overflow; activations uint8, their ranges the mean over the pictures of
each picture's lowest and highest value, which clips outliers.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

from facecluster.distances import units
from facecluster.embed.embedder import Embedder
from facecluster.records import Floats, Pixels

_HEAD = {"GlobalAveragePool", "ReduceMean", "Flatten", "Reshape", "Gemm", "MatMul"}


@dataclass(frozen=True, slots=True)
class Int8Floors:
    """The least cosines between the embeddings of an int8 model and of the float32 model, over
    pictures that did not set the ranges: on average, and of the worst picture.

    The usual ones tell a usable model from a broken one: what distances mean is measured on the
    int8 model itself.
    """

    mean_cosine: float = 0.98
    lowest_cosine: float = 0.9


@dataclass(frozen=True, slots=True)
class Agreement:
    """How close an int8 model is to the float32 model that it was made of.

    speedup: seconds of the float32 model by those of the int8 one, in one thread of this machine.
    """

    pictures: int
    mean_cosine: float
    lowest_cosine: float
    speedup: float

    def reaches(self, floors: Int8Floors) -> bool:
        """Whether both cosines do; not for nan."""
        return self.mean_cosine >= floors.mean_cosine and self.lowest_cosine >= floors.lowest_cosine


def quantized(model: Path, crops: Pixels) -> onnx.ModelProto:
    """The int8 model: quantised from the first convolution to the last one and what follows it
    picture-shaped, float32 before and after. It carries the float32 model's metadata.

    crops: uint8 [M, S, S, 3], those that set the ranges. Raises OSError when there is no room for
    temporary files.
    """
    with tempfile.TemporaryDirectory() as folder, _hushed():
        prepared, path = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            _Feed(crops),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=_kept(onnx.load(prepared)),
            extra_options={"CalibMovingAverage": True},
        )
        return onnx.load(path)


def agreement(exact: Path, coarse: Path, crops: Pixels) -> Agreement:
    """Compare both models.

    crops: uint8 [K, S, S, 3], best others than those that set the ranges.
    """
    (one, slow), (other, quick) = (_timed(path, crops) for path in (exact, coarse))
    cosines = (units(one) * units(other)).sum(axis=1)
    return Agreement(len(crops), float(cosines.mean()), float(cosines.min()), slow / quick)


def _timed(model: Path, crops: Pixels) -> tuple[Floats, float]:
    """Embeddings, and the seconds that they took."""
    embedder = Embedder(model, "cpu")
    embedder.embed(crops[:1])  # the first call sets things up
    start = perf_counter()
    embeddings, _ = embedder.embed(crops)
    return embeddings, perf_counter() - start


class _Feed(CalibrationDataReader):  # type: ignore[misc]
    """Crops one by one, as the quantiser asks for them."""

    def __init__(self, crops: Pixels) -> None:
        self._rows = iter(crops)

    def get_next(self) -> dict[str, Pixels] | None:
        row = next(self._rows, None)
        return None if row is None else {"crops": np.ascontiguousarray(row[None])}


def _kept(model: onnx.ModelProto) -> list[str]:
    """The nodes that stay as they are: before the first convolution, and from the first node after
    the last convolution that leaves the picture's shape."""
    kinds = [node.op_type for node in model.graph.node]
    convolutions = [i for i, kind in enumerate(kinds) if kind == "Conv"]
    names = [node.name for node in model.graph.node]
    if not convolutions:
        return names
    first, last = convolutions[0], convolutions[-1]
    end = next((i for i in range(last, len(kinds)) if kinds[i] in _HEAD), len(kinds))
    return names[:first] + names[end:]


@contextmanager
def _hushed() -> Iterator[None]:
    """The quantiser logs hints for those who call it on the root logger."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)
