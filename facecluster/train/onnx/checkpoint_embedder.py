"""A checkpoint in the place of an exported model: the same crops in, the same embeddings out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from facecluster.embed.embedder import CHUNK
from facecluster.embed.spec import ModelSpec
from facecluster.records import Floats, Pixels
from facecluster.train.model.checkpoint import Checkpoint
from facecluster.train.onnx.onnx_embedder import OnnxEmbedder


class CheckpointEmbedder:
    """Embeds with PyTorch on the CPU what `facecluster export` would write to a file.

    model_id: 16 hex digits of the SHA-256 of the checkpoint's file.
    """

    spec: ModelSpec
    model_id: str

    def __init__(self, path: Path, checkpoint: Checkpoint) -> None:
        self.spec = checkpoint.spec()
        self.model_id = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        self._module = OnnxEmbedder(
            checkpoint.network(), checkpoint.shape.channels, checkpoint.mirror
        ).eval()

    def embed(self, crops: Pixels) -> tuple[Floats, Floats]:
        """As embed.embedder.Embedder.embed."""
        embeddings = np.empty((len(crops), self.spec.dimension), np.float32)
        consistency = np.empty(len(crops), np.float32)
        for start in range(0, len(crops), CHUNK):
            rows = slice(start, start + CHUNK)
            with torch.no_grad():
                one, other = self._module(torch.from_numpy(np.ascontiguousarray(crops[rows])))
            embeddings[rows], consistency[rows] = one.numpy(), other.numpy()
        return embeddings, consistency
