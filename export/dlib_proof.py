"""Do the ONNX file, the PyTorch module and dlib itself say the same of the same crops?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from export.embedder_graph import VIEWS
from facecluster.runtime import session
from facecluster.train.backbones.dlib_resnet import CROP_SIZE, DlibResNet, scaled

Array = NDArray[np.float32]
# float32 [2N, 128] of the weight file and uint8 [N, 150, 150, 3]: crops, then their mirror images.
Peer = Callable[[Path, NDArray[np.uint8]], Array]


def sample_crops(count: int) -> NDArray[np.uint8]:
    """uint8 [count, 150, 150, 3]: noise of every coarseness, to prove that two networks agree."""
    random = np.random.default_rng(20170212)
    crops = np.empty((count, CROP_SIZE, CROP_SIZE, 3), np.uint8)
    for index in range(count):
        cell = (1, 5, 10, 25, 50)[index % 5]
        side = CROP_SIZE // cell
        crops[index] = random.integers(0, 256, (side, side, 3)).repeat(cell, 0).repeat(cell, 1)
    return crops


def views(made: onnx.ModelProto, crops: NDArray[np.uint8]) -> Array:
    """float32 [2N, 128]: the raw embeddings within the model, crops first, then their mirrors."""
    opened = onnx.ModelProto.FromString(made.SerializeToString())
    opened.graph.output.append(
        onnx.helper.make_tensor_value_info(VIEWS, onnx.TensorProto.FLOAT, [None, None])
    )
    raw: Array = session(opened.SerializeToString(), "cpu").run([VIEWS], {"crops": crops})[0]
    return raw


def reference(module: DlibResNet, crops: NDArray[np.uint8]) -> Array:
    """float32 [2N, 128]: what the PyTorch module says of the crops and their mirror images."""
    both = np.concatenate([crops, crops[:, :, ::-1]])
    with torch.no_grad():
        raw: Array = module(scaled(torch.from_numpy(both))).numpy()
    return raw


def dlib_says(path: Path, crops: NDArray[np.uint8]) -> Array:
    """float32 [2N, 128]: what dlib itself says of the crops and their mirror images."""
    import dlib

    network = dlib.face_recognition_model_v1(str(path))
    both = np.concatenate([crops, crops[:, :, ::-1]])
    rows = [network.compute_face_descriptor(np.ascontiguousarray(crop)) for crop in both]
    return np.array(rows, np.float32)


def differences(
    made: onnx.ModelProto, module: DlibResNet, path: Path, peer: Peer = dlib_says
) -> dict[str, float]:
    """The largest difference of any of the raw numbers, of each comparison, by what it compares.

    path: the weight file, for the peer.
    """
    found = {}
    for count in (1, 7, 64):
        crops = sample_crops(count)
        gap = np.abs(views(made, crops) - reference(module, crops)).max()
        found[f"ONNX against PyTorch, batch {count}"] = float(gap)
    crops = sample_crops(20)
    wanted = peer(path, crops)
    found["PyTorch against dlib"] = float(np.abs(reference(module, crops) - wanted).max())
    found["ONNX against dlib"] = float(np.abs(views(made, crops) - wanted).max())
    return found
