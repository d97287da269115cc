"""Crops in, unit embeddings out: an ONNX embedder in an ONNX Runtime session."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import numpy as np

from facecluster.combining import Combiner
from facecluster.config import Device
from facecluster.embed.properties import properties
from facecluster.embed.shipped import shipped_model
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from facecluster.records import Floats, Pixels
from facecluster.runtime import CPU, Later, providers, session

CHUNK = 32  # crops per call: more gains nothing and holds 8 MB of activations each
MANY = 512  # crops per call on an accelerator


class Embedder:
    """One embedding model; safe to call from several threads at once.

    model: an ONNX file that carries a spec, None for the one shipped for this processor.
    threads: threads of one call. Raises ModelError when the file cannot be used, DeviceError when
    the device is not available.
    """

    spec: ModelSpec
    model_id: str  # 16 hex digits of the file's SHA-256: embeddings compare only within one id

    def __init__(
        self, model: Path | None = None, device: Device = "auto", threads: int = 1
    ) -> None:
        path = shipped_model(device) if model is None else model
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
        self.model_id = hashlib.sha256(content).hexdigest()[:16]
        self.session = Later(partial(session, content, device, threads))
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

    def embed(self, crops: Pixels) -> tuple[Floats, Floats]:
        """Embed aligned crops.

        crops: uint8 [N, S, S, 3] RGB with S = spec.crop_size, N may be 0. Gives float32 [N, D]
        unit rows, and float32 [N], the cosine between each crop and its mirror image. Raises
        ValueError for another shape or type.
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

    def _run(self, crops: Pixels) -> tuple[Floats, Floats]:
        outputs = self.session().run(["embedding", "consistency"], {"crops": crops})
        return outputs[0], outputs[1]

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
        opened = self.session()
        values = [*opened.get_inputs(), *opened.get_outputs()]
        found = {value.name: (value.type, value.shape[1:]) for value in values}
        batched = all(isinstance(value.shape[0], str) for value in values if value.shape)
        if found != wanted or not batched:
            raise ModelError(
                f"the graph must take `crops` uint8 [N, {size}, {size}, 3] and give `embedding` "
                f"float32 [N, {dimension}] and `consistency` float32 [N], for any N"
            )
