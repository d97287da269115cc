"""The crowding network behind both shipped embedders: their third output, `scale`.

`python -m export.crowding` puts the network that is kept in export/crowding.npz into the files as
they lie in facecluster/models/, with the tables of recipe.py, and proves that ONNX Runtime says
what numpy says. `fitting/` makes that file; without it the models have no scale. The recipes of the
embedders themselves take it along.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from export import recipe
from export.both_files import MODELS, put_into_both
from export.dlib_proof import sample_crops
from facecluster.embed.crowding import CrowdingNetwork, load_network
from facecluster.embed.crowding_graph import put_crowding, take_crowding
from facecluster.embed.onnx_graph import content_of, set_spec
from facecluster.embed.shipped import FLOAT32, INT8
from facecluster.errors import FaceclusterError
from facecluster.runtime import session

KEPT = Path(__file__).with_name("crowding.npz")
TOLERANCE = 1e-5  # largest difference of a scale, which lies around 1

Table = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One of the shipped embedders: what its spec calls it, and its false-accept table."""

    name: str
    far_table: Table


SHIPPED: Mapping[str, Shipped] = {
    FLOAT32: Shipped("dlib-resnet", recipe.FAR_TABLE_FLOAT),
    INT8: Shipped("dlib-resnet-int8", recipe.FAR_TABLE_INT8),
}


def kept_network(path: Path = KEPT) -> CrowdingNetwork | None:
    """The network that the models are shipped with, None where none is kept."""
    return load_network(path) if path.is_file() else None


def finish(made: onnx.ModelProto, file: str, network: CrowdingNetwork | None) -> None:
    """Put the network behind the graph, or take it out, and write the spec of that shipped file."""
    if network is None:
        take_crowding(made)
    else:
        put_crowding(made, network)
    told = SHIPPED[file]
    crowding = None if network is None else network.crowding
    set_spec(made, recipe.spec(told.name, told.far_table, crowding))


def difference(made: onnx.ModelProto, network: CrowdingNetwork, count: int = 40) -> float:
    """The largest difference between the scales that ONNX Runtime and numpy give to noise of
    several coarsenesses."""
    opened = session(content_of(made), "cpu")
    units, scale = opened.run(["embedding", "scale"], {"crops": sample_crops(count)})
    return float(np.abs(network.scale(units) - scale).max())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m export.crowding", description=__doc__)
    parser.add_argument("--network", type=Path, default=KEPT, help="the kept network (.npz)")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the two embedders")
    given = parser.parse_args(arguments)
    try:
        network = load_network(given.network)
        written = put_into_both(
            given.models,
            lambda made, file: finish(made, file, network),
            lambda made: difference(made, network),
            TOLERANCE,
            "scale",
        )
    except (FaceclusterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main())
