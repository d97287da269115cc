"""What `facecluster export` made: in words, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from facecluster.cli.common.terminal import clean

if TYPE_CHECKING:
    from facecluster.train.onnx.exporter import Exported


def show(made: Exported) -> None:
    """File, size, and how near it is to PyTorch."""
    spec, parity = made.spec, made.parity
    views = "with mirror view" if made.mirror else "one view"
    kind = "int8" if made.agreement else "float32"
    click.echo(
        f"{clean(str(made.path))}: {made.bytes / 1e6:.1f} MB, {clean(spec.name)}, crops of "
        f"{spec.crop_size} px, {spec.dimension} numbers, {views}, {kind}, opset {made.opset}."
    )
    batches = ", ".join(map(str, parity.batches))
    click.echo(
        f"Against PyTorch: largest difference {parity.difference:.1e}, lowest cosine "
        f"{parity.cosine:.6f}, batches of {batches}."
    )
    if made.agreement:
        close = made.agreement
        click.echo(
            f"int8 against float32: cosine {close.mean_cosine:.4f} on average, "
            f"{close.lowest_cosine:.4f} at worst, {close.pictures} pictures; "
            f"{close.speedup:.1f} times as fast."
        )
    if spec.far_table:
        click.echo(f"Distance {spec.distance:.4f}, measured on {clean(spec.measured_on)}.")


def show_more(made: Exported, seconds: Mapping[str, float]) -> None:
    """What --verbose adds: origin, and the seconds of each stage."""
    spec = made.spec
    click.echo(f"SHA-256 {made.sha256}")
    click.echo(f"Licence: {clean(spec.licence)}. Made by: {clean(spec.provenance)}.")
    click.echo(f"Trained on: {clean(spec.training_data)}.")
    click.echo(", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items()))


def as_json(made: Exported, source: Path, notes: Sequence[str]) -> str:
    """What --json prints."""
    values = {
        "model": str(made.path),
        "checkpoint": str(source),
        "bytes": made.bytes,
        "sha256": made.sha256,
        "mirror": made.mirror,
        "int8": asdict(made.agreement) if made.agreement else None,
        "opset": made.opset,
        "parity": asdict(made.parity),
        "spec": asdict(made.spec),
        "notes": list(notes),
    }
    return json.dumps(values, indent=1)
