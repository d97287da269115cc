"""The familiarity of crops in both shipped embedders: their output `familiarity`.

`python -m export.familiarity` puts the model that is kept in export/familiarity.npz into the files
as they lie in facecluster/models/, and proves that ONNX Runtime says what numpy says.
`python -m fitting.odd_pictures` makes that file; without it the embedders do not tell. The recipes
of the embedders themselves take it along.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx

from export.both_files import MODELS, put_into_both
from export.dlib_proof import sample_crops
from facecluster.embed.familiarity import (
    FAMILIARITY,
    OURS,
    FamiliarityModel,
    load_familiarity,
    put_familiarity,
    take_familiarity,
    with_means,
)
from facecluster.embed.onnx_graph import content_of
from facecluster.errors import FaceclusterError
from facecluster.runtime import session

KEPT = Path(__file__).with_name("familiarity.npz")
TOLERANCE = 1e-4  # largest difference of a familiarity, which lies in 0..1


def kept_familiarity(path: Path = KEPT) -> FamiliarityModel | None:
    """What the embedders are shipped with, None where none is kept."""
    return load_familiarity(path) if path.is_file() else None


def finish(made: onnx.ModelProto, model: FamiliarityModel | None) -> None:
    """Put the model into the graph, or take it out."""
    if model is None:
        take_familiarity(made)
    else:
        put_familiarity(made, model)


def difference(made: onnx.ModelProto, model: FamiliarityModel, count: int = 40) -> float:
    """The largest difference between what ONNX Runtime and numpy say of noise of several
    coarsenesses."""
    crops = sample_crops(count)
    means = f"{OURS}out"
    seen = session(content_of(with_means(made, means)), "cpu").run([means], {"crops": crops})[0]
    told = session(content_of(made), "cpu").run([FAMILIARITY], {"crops": crops})[0]
    return float(np.abs(model.familiarity(seen) - told).max())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m export.familiarity", description=__doc__)
    parser.add_argument("--model", type=Path, default=KEPT, help="the kept model (.npz)")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the two embedders")
    given = parser.parse_args(arguments)
    try:
        model = load_familiarity(given.model)
        written = put_into_both(
            given.models,
            lambda made, _: finish(made, model),
            lambda made: difference(made, model),
            TOLERANCE,
            "familiarity",
        )
    except (FaceclusterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main())
