"""Crops in, embeddings out: an ONNX embedder in an ONNX Runtime session.

Embeddings are unit rows, or as long as the scale of the face where the model tells it
(distances.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from facecluster.combining import Combiner
from facecluster.config import Device
from facecluster.distances import scaled
from facecluster.embed.properties import properties
from facecluster.embed.shipped import shipped_model
from facecluster.embed.spec import SCALES, ModelSpec
from facecluster.errors import ModelError
from facecluster.records import Floats, Pixels
from facecluster.runtime import CPU, Later, providers, read_model, session

CHUNK = 32  # crops per call: more gains nothing and holds 8 MB of activations each
MANY = 512  # crops per call on an accelerator
UNIT = 0.01  # how far from 1 the length of an embedding may be


@dataclass(frozen=True, slots=True)
class Doubts:
    """What becomes of the familiarity of a crop, in 0..1, where a model tells it; chosen in
    docs/decisions/015-odd-pictures.md.

    doubted: below it the consistency falls by what is missing to it, and the quality with it. Where
    the model tells the scale of faces too, that grows by as much.
    """

    doubted: float = 0.92


DOUBTS = Doubts()


class Embedder:
    """One embedding model; safe to call from several threads at once.

    model: an ONNX file that carries a spec, None for the one shipped for this processor.
    threads: threads of one call. Raises ModelError when the file cannot be used or gives something
    else than embeddings, DeviceError when the device is not available.
    """

    spec: ModelSpec
    model_id: str  # 16 hex digits of the file's SHA-256: embeddings compare only within one id

    def __init__(
        self, model: Path | None = None, device: Device = "auto", threads: int = 1
    ) -> None:
        path = shipped_model(device) if model is None else model
        self._path = path
        content = read_model(path)
        self.model_id = hashlib.sha256(content).hexdigest()[:16]
        self.session = Later(partial(session, content, device, threads, shipped=model is None))
        try:
            # A shipped model needs no trial; an accelerator may turn out not to start.
            if model is None and providers(device) == [CPU]:
                self.spec = ModelSpec.from_metadata(properties(content))
                self.accelerated = False
            else:
                opened = self.session()
                self.spec = ModelSpec.from_metadata(opened.get_modelmeta().custom_metadata_map)
                self._check_graph()
                self.accelerated = opened.get_providers()[0] != CPU
            self.chunk = MANY if self.accelerated else CHUNK
            self._combiner = Combiner(self._together, MANY) if self.accelerated else None
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error
        if model is not None:  # those that we ship were tried when they were made
            self._try_out()

    def embed(self, crops: Pixels) -> tuple[Floats, Floats]:
        """Embed aligned crops.

        crops: uint8 [N, S, S, 3] RGB with S = spec.crop_size, N may be 0. Gives float32 [N, D],
        rows of length 1 or of the face's scale, and float32 [N], the cosine between each crop and
        its mirror image, lower for crops that are unlike what the model was made for, where it
        tells that. Raises ValueError for another shape or type, ModelError when the model cannot be
        run on them, or gives what is not a number.
        """
        wanted = (self.spec.crop_size, self.spec.crop_size, 3)
        if crops.ndim != 4 or crops.shape[1:] != wanted or crops.dtype != np.uint8:
            raise ValueError(
                f"crops: expected uint8 [N, {', '.join(map(str, wanted))}], "
                f"got {crops.dtype} {list(crops.shape)}"
            )
        embeddings = np.empty((len(crops), self.spec.dimension), np.float32)
        consistency = np.empty(len(crops), np.float32)
        for start in range(0, len(crops), self.chunk):
            rows = slice(start, start + self.chunk)
            part = np.ascontiguousarray(crops[rows])
            found = self._run(part) if self._combiner is None else self._combiner.ask(part)
            embeddings[rows], consistency[rows] = found
        return embeddings, consistency

    def _try_out(self) -> None:
        """Say before any photo is read that a model is no use."""
        size = self.spec.crop_size
        noise = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
        said = self._outputs(noise)
        lengths = np.linalg.norm(said[0], axis=1)
        if np.abs(lengths - 1).max() > UNIT:
            raise ModelError(
                f"{self._path}: gives embeddings of length {lengths.min():.3g}, where 1 is wanted; "
                "the model is damaged, or is not an embedder for crops of this kind"
            )
        self._scaled(*said)

    def _run(self, crops: Pixels) -> tuple[Floats, Floats]:
        return self._scaled(*self._outputs(crops))

    def _scaled(
        self, embeddings: Floats, consistency: Floats, *told: Floats
    ) -> tuple[Floats, Floats]:
        known = dict(zip(self._told, told, strict=True))
        scale, familiarity = known.get("scale"), known.get("familiarity")
        low, high = SCALES
        if scale is not None and not ((scale >= low) & (scale <= high)).all():  # nor of NaN
            raise ModelError(
                f"{self._path}: gives a `scale` that is not within {low:g} to {high:g}; the model "
                "is damaged, or its crowding was fitted to something else"
            )
        if familiarity is not None:
            if not ((familiarity > 0) & (familiarity <= 1)).all():
                raise ModelError(
                    f"{self._path}: gives a familiarity that is not within 0 to 1; the model is "
                    "damaged"
                )
            left = np.minimum(familiarity / np.float32(DOUBTS.doubted), 1)
            consistency = consistency * left
            scale = None if scale is None else np.minimum(scale / left, np.float32(high))
        return embeddings if scale is None else scaled(embeddings, scale), consistency

    @property
    def _told(self) -> list[str]:
        """What the model says of a crop beside its embedding and consistency: the scale where the
        spec promises it, the familiarity where the graph gives it."""
        given = {value.name for value in self.session().get_outputs()}
        wanted = ("scale", self.spec.crowding is not None), ("familiarity", "familiarity" in given)
        return [name for name, there in wanted if there]

    def _outputs(self, crops: Pixels) -> list[Floats]:
        """Unit embeddings, consistency, and what else the model tells."""
        try:
            names = ["embedding", "consistency", *self._told]
            outputs: list[Floats] = self.session().run(names, {"crops": crops})
        except ModelError:  # it could not be opened
            raise
        except Exception as error:  # ONNX Runtime raises its own classes, made at import in C++
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(f"{self._path}: cannot be run on crops ({reason})") from error
        embeddings, *numbers = outputs
        wanted = (len(crops), self.spec.dimension)
        if embeddings.shape != wanted or any(len(each) != len(crops) for each in numbers):
            raise ModelError(f"{self._path}: gives something else than one embedding for each crop")
        if not all(np.isfinite(each).all() for each in outputs[:2]):
            raise ModelError(
                f"{self._path}: gives embeddings that are not numbers (NaN or infinite); the model "
                "is damaged, or was not exported as it was trained"
            )
        return outputs

    def _together(self, crops: list[Pixels], _: object) -> list[tuple[Floats, Floats]]:
        """The crops of several photos in one call."""
        embeddings, consistency = self._run(np.concatenate(crops))
        ends = np.cumsum([len(part) for part in crops])[:-1]
        return list(zip(np.split(embeddings, ends), np.split(consistency, ends), strict=True))

    def _check_graph(self) -> None:
        """Refuse a graph that does not have the inputs and outputs that its spec promises."""
        size, dimension = self.spec.crop_size, self.spec.dimension
        wanted = {
            "crops": ("tensor(uint8)", [size, size, 3]),
            "embedding": ("tensor(float)", [dimension]),
            "consistency": ("tensor(float)", []),
        }
        if self.spec.crowding is not None:
            wanted["scale"] = ("tensor(float)", [])
        opened = self.session()
        values = [*opened.get_inputs(), *opened.get_outputs()]
        found = {value.name: (value.type, value.shape[1:]) for value in values}
        if "familiarity" in found:
            wanted["familiarity"] = ("tensor(float)", [])
        if ("scale" in found) != ("scale" in wanted):
            raise ModelError(_DISAGREE[self.spec.crowding is None])
        batched = all(isinstance(value.shape[0], str) for value in values if value.shape)
        if found != wanted or not batched:
            raise ModelError(
                f"the graph must take `crops` uint8 [N, {size}, {size}, 3] and give `embedding` "
                f"float32 [N, {dimension}] and `consistency` float32 [N], for any N"
            )


_DISAGREE = {
    True: "the graph gives `scale`, of which its metadata says nothing: facecluster.crowding is "
    "missing",
    False: "its metadata says facecluster.crowding, but the graph gives no `scale`",
}
