"""Read the weights out of a dlib network file (`.dat`).

The file is a plain stream without an index, the bottom layer first (dlib/serialize.h and
dlib/dnn/core.h describe it):

* an integer is a control byte (low nibble: number of bytes, top bit: sign) and that many bytes,
  little-endian;
* a float outside a tensor is two integers, mantissa and exponent: mantissa * 2^exponent;
* a string is its length as an integer, then its bytes; a bool is the character `0` or `1`;
* a tensor is the integer 2 (its version), four dimensions, then raw little-endian float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.errors import ModelError

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """One layer of the file: its dlib name, whole-number settings and parameters (flat)."""

    kind: str
    settings: tuple[int, ...]
    params: Weights


@dataclass(frozen=True)
class Network:
    """What the file says: means of red, green and blue, the input's size, layers bottom up."""

    mean_rgb: tuple[float, float, float]
    height: int
    width: int
    layers: tuple[Layer, ...]


class Stream:
    """A position in the bytes, and dlib's elementary types."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, count: int) -> bytes:
        piece = self.content[self.at : self.at + count]
        if len(piece) != count:
            raise ModelError(f"the file ends within a value at byte {self.at}")
        self.at += count
        return piece

    def integer(self) -> int:
        control = self.take(1)[0]
        size = control & 0x0F
        if not 1 <= size <= 8 or control & 0x70:
            raise ModelError(f"byte {self.at - 1} should start an integer, but is {control:#04x}")
        value = int.from_bytes(self.take(size), "little")
        return -value if control & 0x80 else value

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(self.integer() for _ in range(count))

    def real(self) -> float:
        mantissa, exponent = self.integers(2)
        return float(mantissa * 2.0**exponent)

    def text(self) -> str:
        return self.take(self.integer()).decode("latin-1")

    def expect(self, *wanted: int) -> None:
        for value in wanted:
            start = self.at
            found = self.integer()
            if found != value:
                raise ModelError(f"byte {start}: expected the integer {value}, found {found}")

    def tensor(self) -> Weights:
        self.expect(2)
        size = int(np.prod(self.integers(4)))
        return np.frombuffer(self.take(4 * size), dtype="<f4").astype(np.float32)

    def aliases(self) -> None:
        """Two views into the parameters: version 1 and four dimensions each, known already."""
        for _ in range(2):
            self.expect(1)
            self.integers(4)


def read(path: Path) -> Network:
    """Parse the whole file; raises ModelError where it is not what this reader knows."""
    try:
        return _network(Stream(path.read_bytes()))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _network(stream: Stream) -> Network:
    stream.expect(1)
    if (loss := stream.text()) != "loss_metric_2":
        raise ModelError(f"the outermost layer is {loss!r}, not loss_metric_2")
    stream.real(), stream.real()  # margin and distance threshold, for training only
    # Each wrapper writes its version before what it wraps: a run of 1 and 2, then a 3 that belongs
    # to the lowest one, which holds the input.
    while (version := stream.integer()) != 3:
        if version not in {1, 2}:
            raise ModelError(f"a layer of version {version} at byte {stream.at}")
    if (source := stream.text()) != "input_rgb_image_sized":
        raise ModelError(f"the input layer is {source!r}, not input_rgb_image_sized")
    red, green, blue = stream.real(), stream.real(), stream.real()
    height, width = stream.integers(2)
    layers = [_layer(stream)]
    stream.expect(1)  # the lowest layer's wrapper adds the sample expansion factor
    while stream.at < len(stream.content):
        layers.append(_layer(stream))
    return Network((red, green, blue), height, width, tuple(layers))


def _layer(stream: Stream) -> Layer:
    kind = stream.text()
    settings: tuple[int, ...] = ()
    params = np.zeros(0, np.float32)
    if kind == "con_4":
        params = stream.tensor()
        settings = stream.integers(7)  # filters, height, width, strides y x, paddings y x
        stream.aliases()
        [stream.real() for _ in range(4)]  # learning rate and decay multipliers
    elif kind == "affine_":
        params = stream.tensor()
        stream.aliases()
        settings = stream.integers(1)  # 0: one factor per channel
    elif kind == "fc_2":
        settings = stream.integers(2)  # outputs, inputs
        params = stream.tensor()
        stream.aliases()
        settings += stream.integers(1)  # 1: without bias
        [stream.real() for _ in range(4)]
    elif kind in {"max_pool_2", "avg_pool_2"}:
        settings = stream.integers(6)  # height, width, strides y x, paddings y x
    elif kind not in {"relu_", "add_prev_"}:
        raise ModelError(f"an unknown layer {kind!r} at byte {stream.at}")
    if stream.take(3).strip(b"01"):
        raise ModelError(f"three bools expected before byte {stream.at}")
    for _ in range(3):  # gradients and cached output, empty in a published file
        stream.tensor()
    return Layer(kind, settings, params)
