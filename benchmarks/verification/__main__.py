"""LFW's ten-fold verification of the shipped embedders, through our own detector and alignment.

    python -m benchmarks.verification [--model FILE ...] [--json FILE]
        [--calibrate] [--speed] [--face-px PX]

Faces come from ../shared/data/lfw (or --lfw FOLDER: images/, pairs.txt, people*.txt). Aligned
crops are computed once and kept in .cache/verification.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from benchmarks.common.places import CACHE, LFW, MODELS
from facecluster.base.atomic import replacing
from facecluster.distances import paired_distances, scaled
from facecluster.embed import crowding_graph
from facecluster.embed.embedder import Embedder
from facecluster.embed.shipped import FLOAT32, INT8
from facecluster.errors import FaceclusterError
from facecluster.evaluate.calibration import calibrate
from facecluster.evaluate.pictures import Cropper
from facecluster.evaluate.verification import folds
from facecluster.evaluate.verification.pair_lists import read_pairs
from facecluster.evaluate.verification.people_lists import read_people
from facecluster.reading import READING_VERSION, read_picture
from facecluster.records import Floats
from facecluster.runtime import session

KEPT = CACHE / "verification"  # aligned crops
BATCHES = (1, 8, 32)
FACE_SHARE = 118 / 150  # width of YuNet's box in an aligned crop, mean over 331 pictures of LFW


def crops_of(folder: Path, names: list[str], embedder: Embedder) -> NDArray[np.uint8]:
    """uint8 [N, S, S, 3] of all pictures, cached by how faces are read and by template."""
    spec = embedder.spec
    detector = (MODELS / "detector.onnx").read_bytes()
    recipe = f"{READING_VERSION}{spec.crop_size}{spec.template}{folder}{names}".encode()
    path = KEPT / f"{hashlib.sha256(detector + recipe).hexdigest()[:16]}.npy"
    if not path.is_file():
        shape = (len(names), spec.crop_size, spec.crop_size, 3)
        cropper = Cropper(spec)
        missed = 0
        with replacing(path) as partial:
            crops = np.lib.format.open_memmap(partial, "w+", np.uint8, shape)
            for row, name in enumerate(names):
                crops[row], found = cropper.crop(read_picture(folder / name, spec))
                missed += not found
            del crops
        print(f"{len(names)} pictures aligned, {missed} without a face", file=sys.stderr)
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def without_mirror(model: Path) -> bytes:
    """The same model on the crop alone: the mirrored half of the batch is cut off."""
    made = onnx.load(model)
    [join] = [node for node in made.graph.node if node.op_type == "Concat"]
    shaped = [node for node in made.graph.node if node.op_type == "Reshape"]
    [split] = [node for node in shaped if not node.name.startswith(crowding_graph.OURS)]
    del join.input[1]
    shape = next(item for item in made.graph.initializer if item.name == split.input[1])
    values = onnx.numpy_helper.to_array(shape).copy()
    values[0] = 1
    shape.CopyFrom(onnx.numpy_helper.from_array(values, shape.name))
    content: bytes = made.SerializeToString()
    return content


def coarser(crops: NDArray[np.uint8], face_px: int) -> NDArray[np.uint8]:
    """What the crops would look like if faces were `face_px` wide in the photo."""
    side = crops.shape[1]
    small = max(1, round(face_px / FACE_SHARE))
    if small >= side:
        return crops
    shrunk = (cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA) for crop in crops)
    return np.stack([cv2.resize(crop, (side, side)) for crop in shrunk]).astype(np.uint8)


def milliseconds(content: bytes, crops: NDArray[np.uint8]) -> dict[int, float]:
    """Milliseconds per face with one thread, by batch size: the fastest of 15 calls."""
    opened = session(content, "cpu", threads=1)
    found = {}
    for batch in BATCHES:
        feed = {"crops": np.ascontiguousarray(crops[:batch])}
        opened.run(None, feed)
        times = []
        for _ in range(15):
            start = time.perf_counter()
            opened.run(None, feed)
            times.append(time.perf_counter() - start)
        found[batch] = min(times) / batch * 1e3
    return found


def judge(folder: Path, embeddings: Floats, names: list[str]) -> folds.Verification:
    """View 2: ten folds of 300 same and 300 different pairs."""
    pairs = read_pairs(folder / "pairs.txt")
    row = {name: index for index, name in enumerate(names)}
    first = embeddings[[row[name] for name in pairs.first]]
    second = embeddings[[row[name] for name in pairs.second]]
    distances = paired_distances(first, second)
    return folds.verify(distances, pairs.same, pairs.fold)


def embed_all(content: bytes, crops: NDArray[np.uint8], dimension: int, face_px: int) -> Floats:
    """float32 [N, D] of any model that has our inputs and outputs, rows as long as the scale."""
    opened = session(content, "cpu", threads=0)
    names = [each.name for each in opened.get_outputs() if each.name != "consistency"]
    embeddings = np.empty((len(crops), dimension), np.float32)
    for start in range(0, len(crops), 32):
        feed = {"crops": coarser(np.ascontiguousarray(crops[start : start + 32]), face_px)}
        units, *scale = opened.run(names, feed)
        embeddings[start : start + 32] = scaled(units, scale[0]) if scale else units
    return embeddings


def measure(model: Path, options: argparse.Namespace, names: list[str]) -> list[dict[str, Any]]:
    """The rows of one model: with the mirror view, and (where it can be cut off) without."""
    embedder = Embedder(model, "cpu")
    crops = crops_of(options.lfw / "images", names, embedder)
    variants = {model.name: model.read_bytes()}
    if model.parent == MODELS and options.face_px >= crops.shape[1]:
        variants[f"{model.name}, one view"] = without_mirror(model)
    rows = []
    for label, content in variants.items():
        embeddings = embed_all(content, crops, embedder.spec.dimension, options.face_px)
        result = dataclasses.asdict(judge(options.lfw, embeddings, names))
        row: dict[str, Any] = {"model": label, "model_id": embedder.model_id, **result}
        if options.speed:
            row["ms"] = milliseconds(content, crops)
        if options.calibrate:
            people = np.unique([name.split("/")[0] for name in names], return_inverse=True)[1]
            row["far_table"] = calibrate.far_table(embeddings, people)
        rows.append(row)
        print(line(row), flush=True)
    return rows


def line(row: dict[str, Any]) -> str:
    """One row as text, in per cent; far table and milliseconds below it where there are any."""
    tar = "  ".join(f"{accepted * 100:6.2f}" for _, accepted in row["tar"])
    text = f"{row['model']:<30} {row['accuracy'] * 100:6.2f} ± {row['standard_error'] * 100:.2f}"
    text += f"  {row['auc']:.5f}  {row['eer'] * 100:5.2f}  {tar}  {row['threshold']:.4f}"
    if "ms" in row:
        times = ", ".join(f"{ms:.2f} at batch {batch}" for batch, ms in row["ms"].items())
        text += f"\n    ms per face, one thread: {times}"
    for rate, distance in row.get("far_table", ()):
        text += f"\n    {rate:.0e} of strangers are closer than {distance:.4f}"
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, action="append", help="an ONNX embedder with a spec")
    parser.add_argument("--lfw", type=Path, default=LFW, help="folder of images/ and pairs.txt")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--calibrate", action="store_true", help="false-accept table over View 1")
    parser.add_argument("--speed", action="store_true", help="milliseconds a face, one thread")
    parser.add_argument("--face-px", type=int, default=1000, help="shrink the faces to this width")
    options = parser.parse_args()
    lists = ["peopleDevTrain.txt", "peopleDevTest.txt"]
    print(f"{'LFW, View 2, in per cent':<30} accuracy ± s.e.     AUC    EER  TAR at FAR ", end="")
    print("  ".join(f"{rate:.0e}" for rate in folds.RATES) + "  threshold")
    try:
        names = [name for part in lists for name in read_people(options.lfw / part)]
        models = options.model or [MODELS / FLOAT32, MODELS / INT8]
        rows = [row for model in models for row in measure(model, options, names)]
    except FaceclusterError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        options.json.write_text(json.dumps({"lfw_view2": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
