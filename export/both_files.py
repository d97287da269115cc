"""What is put behind both shipped embedders: proved in each before either is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import onnx

from facecluster.base.atomic import write_atomic
from facecluster.embed.onnx_graph import content_of
from facecluster.embed.shipped import FLOAT32, INT8

MODELS = Path(__file__).resolve().parents[1] / "facecluster" / "models"


def put_into_both(
    folder: Path,
    put: Callable[[onnx.ModelProto, str], None],
    difference: Callable[[onnx.ModelProto], float],
    tolerance: float,
    what: str,
) -> bool:
    """Change both files of a folder, as far as ONNX Runtime then says what numpy says.

    put: changes a model that has this file name. difference: between the two. what: they speak of.
    Gives whether the files were written. Raises OSError where one cannot be read or written.
    """
    made = {file: onnx.load(folder / file) for file in (FLOAT32, INT8)}
    for file, model in made.items():
        put(model, file)
        gap = difference(model)
        print(f"{file}: largest difference of a {what} {gap:.1e}")
        if not gap <= tolerance:
            print(f"above {tolerance}: no model written", file=sys.stderr)
            return False
    for file, model in made.items():
        write_atomic(folder / file, content_of(model))
    return True
