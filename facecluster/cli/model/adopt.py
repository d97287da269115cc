"""facecluster model adopt: an ONNX embedder from elsewhere becomes one of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facecluster import __version__
from facecluster.cli.common.extras import need
from facecluster.cli.common.options import (
    A_FILE,
    FORCE,
    Distance,
    UserPath,
    brief_options,
    in_order,
    option,
)
from facecluster.cli.common.terminal import clean
from facecluster.cli.model.types import ARCFACE, FalseAccepts, Numbers, Template
from facecluster.errors import OutputError, SettingsError

if TYPE_CHECKING:
    from facecluster.embed.foreign import Foreign
    from facecluster.embed.spec import ModelSpec

UNMEASURED = 0.5  # the distance of a model whose distances nobody has measured
NOT_MEASURED = "not measured"

EPILOG = """
\b
Examples:
  facecluster model adopt arcface.onnx -o faces.onnx
  facecluster model adopt other.onnx -o faces.onnx --bgr --std 128 --licence MIT
  facecluster model adopt icons.onnx -o icons-fc.onnx --align none --no-mirror
  facecluster evaluate --recalibrate --model faces.onnx --images people/
  facecluster group ~/Photos --model faces.onnx

An embedder takes [N, 3, S, S] or [N, S, S, 3] and gives a row of numbers for each picture. Models
trained on ArcFace's usual 112 px crops need no option beyond --bgr, --mean and --std, and these
only where they differ. The result is compared with the original before it is written.
"""


_OPTIONS = in_order(
    option("-o", "--out", type=UserPath(), required=True, help="The file to write."),
    option("--crop-size", type=click.IntRange(8, 2048),
           help="Side of the crops in px.  [default: what the model takes]"),
    option("--template", type=Template(), default=ARCFACE,
           help="Where the five points of a face belong: arcface (scaled from 112 px), "
           "shipped, or ten numbers in px."),
    option("--align", type=click.Choice(("faces", "none")), default="faces",
           help="Crops are aligned faces, or none: whole pictures."),
    option("--mean", type=Numbers(), default="127.5",
           help="Subtracted from values of 0 to 255; one, or R,G,B."),
    option("--std", type=Numbers(positive=True), default="127.5",
           help="Then divided by; one, or R,G,B."),
    option("--bgr", is_flag=True, help="The model wants blue, green, red."),
    option("--mirror/--no-mirror", default=True,
           help="Add the embedding of the mirror image: steadier, at twice the time."),
    option("--distance", type=Distance(), help="Cosine distance for grouping.  "
           f"[default: {UNMEASURED}, until it is measured]"),
    option("--far", type=FalseAccepts(), multiple=True,
           help="A false-accept rate and its distance, if known; may be repeated."),
    option("--input", help="Name of the input.  [default: the only one]"),
    option("--output", help="Name of the output.  [default: the only one]"),
    option("--model-name",
           help="What the model calls itself.  [default: its file's name]"),
    option("--licence", default="not stated", help="What it may be used for."),
    option("--training-data", default="not stated", help="What it was trained on."),
    FORCE,
)  # fmt: skip


@click.command("adopt", epilog=EPILOG, no_args_is_help=True)
@click.argument("foreign", type=A_FILE)
@_OPTIONS
@brief_options
def adopt_command(foreign: Path, out: Path, **values: Any) -> None:
    """Write the ONNX embedder FOREIGN as a model that all commands take: crops are prepared within
    it, embeddings have length 1, and it says what its distances mean."""
    need("onnx")
    from facecluster.base.atomic import write_atomic
    from facecluster.embed.adopted_graph import Preparation
    from facecluster.embed.adoption import adopt
    from facecluster.embed.foreign import read_foreign
    from facecluster.train.onnx.run_exports import check_target

    if out.exists() and out.samefile(foreign):
        raise OutputError(f"{out}: is the model itself; choose another name for the result")
    check_target(out, values["force"])
    known = read_foreign(foreign, values["input"], values["output"], values["crop_size"])
    spec = _spec(known, values)
    how = Preparation(values["mean"], values["std"], values["bgr"], values["mirror"])
    content = adopt(known, how, spec)
    write_atomic(out, content)
    if values["as_json"]:
        _print_json(out, content, spec)
    elif not values["quiet"]:
        _show(out, content, spec)


def _spec(known: Foreign, values: dict[str, Any]) -> ModelSpec:
    from facecluster.embed.spec import ModelSpec

    table = tuple(sorted(values["far"], reverse=True))
    distances = [distance for _, distance in table]
    if distances != sorted(distances, reverse=True) or len(dict(table)) < len(table):
        raise SettingsError("--far: a lower rate needs a lower distance, and each rate comes once")
    for field in ("model_name", "licence", "training_data"):
        if values[field] is not None and not values[field].strip():
            raise SettingsError(f"--{field.replace('_', '-')}: give a text, or leave it out")
    stated = "stated when the model was adopted, not by facecluster"
    return ModelSpec(
        name=values["model_name"] or clean(known.path.stem),
        crop_size=known.size,
        template=_template(values["template"], known.size),
        dimension=known.dimension,
        far_table=table,
        measured_on=stated if table else NOT_MEASURED,
        distance=UNMEASURED if values["distance"] is None else values["distance"],
        licence=values["licence"],
        provenance=f"adopted by facecluster {__version__} from {clean(known.path.name)}, SHA-256 "
        f"{known.sha256}",
        training_data=values["training_data"],
        align=values["align"],
    )


def _template(value: str | tuple[float, ...], size: int) -> tuple[tuple[float, float], ...]:
    """Five points in px of the crop."""
    from facecluster.embed.adoption import ARCFACE_SIZE, ARCFACE_TEMPLATE
    from facecluster.faces.align import FACE_TEMPLATE

    if value == ARCFACE:
        return tuple(
            (x * size / ARCFACE_SIZE, y * size / ARCFACE_SIZE) for x, y in ARCFACE_TEMPLATE
        )
    if isinstance(value, str):
        return tuple((x * size, y * size) for x, y in FACE_TEMPLATE)
    return tuple((float(x), float(y)) for x, y in zip(value[::2], value[1::2], strict=True))


def _show(out: Path, content: bytes, spec: ModelSpec) -> None:
    click.echo(
        f"{clean(str(out))}: {len(content) / 1e6:.1f} MB, {clean(spec.name)}, crops of "
        f"{spec.crop_size} px, {spec.dimension} numbers; it agrees with the original."
    )
    if not spec.far_table:
        origin = "a guess" if spec.distance == UNMEASURED else "what you said"
        how = f"facecluster evaluate --recalibrate --model {clean(str(out))} --images FOLDER"
        click.echo(
            f"Note: its distances are not measured: {spec.distance:g} is {origin}; `{how}` "
            "measures them.",
            err=True,
        )


def _print_json(out: Path, content: bytes, spec: ModelSpec) -> None:
    import hashlib
    import json
    from dataclasses import asdict

    digest = hashlib.sha256(content).hexdigest()
    values = {"model": str(out), "bytes": len(content), "sha256": digest, "spec": asdict(spec)}
    click.echo(json.dumps(values, indent=1))
