"""facecluster model show: layers, parameters, work and spec of a model file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from facecluster.cli.common.extras import need
from facecluster.cli.common.options import A_FILE, option, talk_options
from facecluster.cli.common.terminal import clean
from facecluster.errors import ModelError

if TYPE_CHECKING:
    from rich.table import Table

    from facecluster.embed.anatomy import Anatomy, Port
    from facecluster.embed.spec import ModelSpec
    from facecluster.train.model.checkpoint import Checkpoint

FORMAT, VERSION = "facecluster-model", 1
ZIP = b"PK\x03\x04"  # how checkpoints begin; ONNX files never do

EPILOG = """
\b
Examples:
  facecluster model show                          the shipped model
  facecluster model show faces.onnx --layers
  facecluster model show runs/latest/best.pt --json
"""


@click.command("show", epilog=EPILOG)
@click.argument("file", type=A_FILE, required=False)
@option("--layers", is_flag=True, help="List every layer, in the place of a sum by operator.")
@talk_options
def show_command(file: Path | None, layers: bool, **talk: bool) -> None:
    """Show what FILE, an ONNX model or a checkpoint, is made of and what it says of itself.

    Multiply-adds are those of one crop. Without FILE it is the model that comes with facecluster.
    """
    from facecluster.embed.onnx_anatomy import onnx_anatomy
    from facecluster.embed.shipped import shipped_model

    path = file or shipped_model()
    checkpoint: Checkpoint | None = None
    if _begins(path) == ZIP:
        need("torch")
        from facecluster.train.model.anatomy import checkpoint_anatomy

        anatomy, checkpoint = checkpoint_anatomy(path)
    else:
        anatomy = onnx_anatomy(path)
    if talk["as_json"]:
        click.echo(json.dumps(_record(path, anatomy, checkpoint), indent=1))
    elif not talk["quiet"]:
        _show(path, anatomy, checkpoint, layers or talk["verbose"])


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(ZIP))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error


def _record(path: Path, anatomy: Anatomy, checkpoint: Checkpoint | None) -> dict[str, Any]:
    """What --json prints. Null: not known."""
    known = anatomy.layers is not None
    return {
        "format": FORMAT,
        "version": VERSION,
        "path": str(path),
        "kind": anatomy.kind,
        "bytes": path.stat().st_size,
        "inputs": [asdict(port) for port in anatomy.inputs],
        "outputs": [asdict(port) for port in anatomy.outputs],
        "parameters": anatomy.parameters if known else None,
        "parameters_folded": anatomy.folded if known else None,
        "multiply_adds": anatomy.multiply_adds if known else None,
        "views": anatomy.views if known else None,
        "layers": [asdict(layer) for layer in anatomy.layers] if anatomy.layers else None,
        "spec": asdict(anatomy.spec) if anatomy.spec else None,
        "training": _training(checkpoint) if checkpoint else None,
        "notes": list(anatomy.notes),
    }


def _training(checkpoint: Checkpoint) -> dict[str, Any]:
    best = [row for row in checkpoint.history if row.best]
    return {
        "backbone": checkpoint.shape.backbone,
        "epochs": len(checkpoint.history),
        "classes": len(checkpoint.classes),
        "best_accuracy": best[-1].accuracy if best else None,
    }


def _show(path: Path, anatomy: Anatomy, checkpoint: Checkpoint | None, layers: bool) -> None:
    from rich.console import Console

    from facecluster.cli.common.tables import print_whole

    console = Console(highlight=False, soft_wrap=True, emoji=False)
    rows = [("File", f"{path}, {anatomy.kind}, {path.stat().st_size / 1e6:.1f} MB")]
    rows += [("Input", ", ".join(map(_port, anatomy.inputs)))]
    rows += [("Output", ", ".join(map(_port, anatomy.outputs)))]
    rows += _size_rows(anatomy)
    rows += _spec_rows(anatomy.spec) if anatomy.spec else []
    if checkpoint is not None:
        rows.append(("Training", _training_words(checkpoint)))
    width = max(len(title) for title, _ in rows)
    for title, text in rows:
        click.echo(f"{title:<{width}}  {clean(text)}".rstrip())
    if anatomy.layers:
        console.print()
        print_whole(console, _all_layers(anatomy) if layers else _by_op(anatomy))
    for note in anatomy.notes:
        click.echo(f"Note: {clean(note)}.", err=True)
    if anatomy.spec is None:
        click.echo("`facecluster model adopt` writes a spec for an embedder.", err=True)


def _port(port: Port) -> str:
    return f"{port.name} {port.kind} [{', '.join(map(str, port.shape))}]"


def _size_rows(anatomy: Anatomy) -> list[tuple[str, str]]:
    if anatomy.layers is None:
        return []
    folded = f", {anatomy.folded:,} with its normalisations folded in"
    views = ", for a crop and its mirror image" if anatomy.views == 2 else " a crop"
    return [
        ("Parameters", f"{anatomy.parameters:,}" + folded * (anatomy.folded != anatomy.parameters)),
        ("Multiply-adds", f"{anatomy.multiply_adds / 1e6:,.1f} million{views}"),
    ]


def _spec_rows(spec: ModelSpec) -> list[tuple[str, str]]:
    """What the model says of itself, line by line."""
    kind = "aligned faces" if spec.align == "faces" else "whole pictures"
    rows = [
        ("Name", spec.name),
        ("Crops", f"{kind}, {spec.crop_size} px, {spec.colour_order}"),
        ("Embedding", f"{spec.dimension} numbers, {spec.metric} distance"),
        ("Distance", f"{spec.distance:g} for grouping"),
    ]
    if spec.align == "faces":
        points = " ".join(f"({x:.1f}, {y:.1f})" for x, y in spec.template)
        rows.insert(2, ("Template", f"{points} px"))
    rows += [("False accepts", f"{rate:.0e} below {limit:.4f}") for rate, limit in spec.far_table]
    rows += [("Measured on", spec.measured_on or "nothing")]
    if spec.crowding is not None:
        told = spec.crowding
        words = f"exponent {told.exponent:g} of the mean distance to {told.nearest} strangers"
        rows += [("Scale of faces", f"{words} (typical {told.typical:.4f}), {told.fitted_on}")]
    rows += [("Licence", spec.licence), ("Provenance", spec.provenance)]
    return [*rows, ("Training data", spec.training_data)]


def _training_words(checkpoint: Checkpoint) -> str:
    facts = _training(checkpoint)
    best = facts["best_accuracy"]
    words = f"{facts['epochs']} epochs on {facts['classes']} classes"
    return words if best is None else f"{words}, best verification accuracy {best:.4f}"


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        right = column in ("Layers", "Parameters", "Multiply-adds")
        overflow: Literal["fold", "ellipsis"] = "fold" if column == "Layer" else "ellipsis"
        table.add_column(column, justify="right" if right else "left", overflow=overflow)
    return table


def _by_op(anatomy: Anatomy) -> Table:
    from facecluster.embed.anatomy import by_op

    table = _table("Operator", "Layers", "Parameters", "Multiply-adds")
    for op, count, parameters, work in by_op(anatomy.layers or ()):
        table.add_row(clean(op), f"{count:,}", f"{parameters:,}", f"{work:,}")
    return table


def _all_layers(anatomy: Anatomy) -> Table:
    from rich.markup import escape

    table = _table("Layer", "Operator", "Output", "Parameters", "Multiply-adds")
    for layer in anatomy.layers or ():
        shape = " x ".join(map(str, layer.shape))
        cells = [escape(clean(text)) for text in (layer.name, layer.op, shape)]
        table.add_row(*cells, f"{layer.parameters:,}", f"{layer.multiply_adds:,}")
    return table
