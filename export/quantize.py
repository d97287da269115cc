"""The int8 embedder: facecluster/models/embedder-int8.onnx from embedder.onnx and real faces.

Quantised as `facecluster export --int8` does it (facecluster/train/onnx/int8.py), with the
ranges of 256 aligned faces. `python -m export.quantize [--faces FOLDER]` takes any folder of
portraits.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from export import crowding, familiarity, recipe
from export.dlib_resnet import MODELS, TARGET
from facecluster.base.atomic import write_atomic
from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.crowding_graph import take_crowding
from facecluster.embed.familiarity import FamiliarityModel, take_familiarity
from facecluster.embed.onnx_graph import content_of
from facecluster.errors import FaceclusterError, ModelError
from facecluster.evaluate.pictures import Cropper
from facecluster.reading import read_picture
from facecluster.train.onnx import int8

INT8_TARGET = MODELS / "embedder-int8.onnx"
FACES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pins44"
CALIBRATION, HELD_OUT = 256, 200  # faces that set the ranges, faces that judge the result
SEED = 20170212
# Of held-out faces. The shipped model's mean is 0.9990 on LFW (README.md), so less is a mistake.
FLOORS = int8.Int8Floors(mean_cosine=0.998, lowest_cosine=0.95)

Crops = NDArray[np.uint8]


def portraits(folder: Path, count: int) -> Crops:
    """uint8 [count, S, S, 3]: aligned faces of pictures drawn from all of the folder.

    Raises ModelError when the folder has too few pictures with a face.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))
    order = np.random.default_rng(SEED).permutation(len(names))
    spec = recipe.spec("calibration", ())
    crops = []
    cropper = Cropper(spec)
    for row in order:
        crop, found = cropper.crop(read_picture(folder / names[row], spec))
        if found:
            crops.append(crop)
        if len(crops) == count:
            return np.stack(crops)
    raise ModelError(
        f"{folder}: {len(crops)} pictures with a face, {count} needed to calibrate the int8 model; "
        "name a folder of portraits with --faces"
    )


def quantized(
    model: Path,
    crops: Crops,
    network: CrowdingNetwork | None = None,
    familiar: FamiliarityModel | None = None,
) -> onnx.ModelProto:
    """The int8 model: quantised from the first convolution to the last block, float32 after.

    network: tells the scale of faces, None for none; familiar: what is unlike all faces.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"  # the crowding network is no part of what is quantised
        exact = onnx.load(model)
        take_crowding(exact)
        take_familiarity(exact)
        plain.write_bytes(content_of(exact))
        made = int8.quantized(plain, crops)
    crowding.finish(made, INT8_TARGET.name, network)
    familiarity.finish(made, familiar)
    return made


def prove(path: Path, crops: Crops) -> bool:
    """Compare both models on faces that were not used to calibrate; print and judge."""
    close = int8.agreement(TARGET, path, crops)
    print(f"int8 against float32 on {close.pictures} held-out faces: ", end="")
    print(f"cosine {close.mean_cosine:.5f} on average, {close.lowest_cosine:.5f} at worst")
    return close.reaches(FLOORS)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m export.quantize", description=__doc__)
    parser.add_argument("--faces", type=Path, default=FACES, help="folder of portraits (JPEG)")
    faces: Path = parser.parse_args(arguments).faces
    partial = INT8_TARGET.with_suffix(".new")
    try:
        crops = portraits(faces, CALIBRATION + HELD_OUT)
        kept = crowding.kept_network(), familiarity.kept_familiarity()
        made = quantized(TARGET, crops[:CALIBRATION], *kept)
        write_atomic(partial, content_of(made))
        proven = prove(partial, crops[CALIBRATION:])
    except (FaceclusterError, OSError) as error:
        partial.unlink(missing_ok=True)
        print(error, file=sys.stderr)
        return 1
    if not proven:
        partial.unlink()
        INT8_TARGET.unlink(missing_ok=True)
        print("too far from float32: no int8 model written", file=sys.stderr)
        return 1
    partial.replace(INT8_TARGET)
    print(f"wrote {INT8_TARGET.name}, {INT8_TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
