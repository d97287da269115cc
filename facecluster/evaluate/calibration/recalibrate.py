"""What a model's distances mean, measured anew on labelled pictures and written into its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster import __version__
from facecluster.base.atomic import write_atomic
from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.spec import ModelSpec, others
from facecluster.errors import FaceclusterError, ModelError, OutputError
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.thresholds import grouping_distance
from facecluster.records import Floats


def measured_again(
    spec: ModelSpec, embeddings: Floats, labels: NDArray[np.int64], about: str
) -> ModelSpec:
    """The spec with a new table of false-accept rates and a new grouping distance.

    embeddings: float32 [N, D] (distances.py). labels: int64 [N]. about: which pictures these are.
    Raises FaceclusterError without two classes, one of them with two pictures.
    """
    sizes = np.unique(labels, return_counts=True)[1]
    if len(sizes) < 2 or sizes.max() < 2:
        raise FaceclusterError(
            f"{about}: too few to measure distances on; at least two classes are needed, with two "
            "pictures or more"
        )
    many = len(labels)
    strangers = (many**2 - int((sizes.astype(np.int64) ** 2).sum())) // 2
    return replace(
        spec,
        far_table=far_table(embeddings, labels),
        distance=round(grouping_distance(embeddings, labels), 6),
        measured_on=f"all {strangers:,} pairs of different classes among {about}, "
        f"by facecluster {__version__} evaluate --recalibrate",
    )


def check_target(model: Path, target: Path) -> None:
    """Raise OutputError when the target is a model that came with facecluster."""
    shipped = Path(str(resources.files("facecluster.models"))).resolve()
    if target.resolve().parent == shipped:
        raise OutputError(
            f"{target} came with facecluster and is not changed: copy it first and name the copy "
            "with `model`, or say with `save` where the new one goes"
        )
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; name a file, such as {target / model.name}")


def write_spec(
    model: Path, target: Path, spec: ModelSpec, network: CrowdingNetwork | None = None
) -> None:
    """Write `model` to `target` with another spec, whole or not at all.

    network: goes behind the graph, in place of any that is there; without one the graph stays as it
    is. Needs the package onnx. Raises ModelError when the file is not a model, OutputError when the
    target cannot be written.
    """
    from onnx import ModelProto

    from facecluster.embed.crowding_graph import put_crowding

    try:
        made = ModelProto.FromString(model.read_bytes())
    except OSError as error:
        raise ModelError(f"{model}: cannot be read ({error.strerror or error})") from error
    except Exception as error:  # protobuf's DecodeError, of a package that onnx brings along
        raise ModelError(f"{model}: not an ONNX model") from error
    if network is not None:
        try:
            put_crowding(made, network)
        except ModelError as error:
            raise ModelError(f"{model}: {error}") from error
    kept = others({p.key: p.value for p in made.metadata_props})
    del made.metadata_props[:]
    for key, value in (kept | spec.to_metadata()).items():
        made.metadata_props.add(key=key, value=value)
    write_atomic(target, made.SerializeToString())


def changes(old: ModelSpec, new: ModelSpec) -> Sequence[tuple[str, float | None, float | None]]:
    """Rows of what was measured: its name, the old and the new distance."""
    before, after = dict(old.far_table), dict(new.far_table)
    rates = sorted({*before, *after}, reverse=True)
    rows = [(f"false-accept rate {r:.0e}", before.get(r), after.get(r)) for r in rates]
    return [("grouping", old.distance, new.distance), *rows]
