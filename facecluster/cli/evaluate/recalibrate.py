"""`facecluster evaluate --recalibrate`: measure a model's distances anew and write them down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from facecluster.base.progress import Progress
from facecluster.cli.common.console import progress_bar
from facecluster.cli.common.tables import print_whole
from facecluster.cli.common.terminal import clean
from facecluster.cli.evaluate.newest_run import Newest, newest_run, open_model, validation_of
from facecluster.cli.evaluate.strangers import Strangers, fit_strangers
from facecluster.distances import units
from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError, ModelError
from facecluster.evaluate.calibration.recalibrate import (
    changes,
    check_target,
    measured_again,
    write_spec,
)
from facecluster.evaluate.pictures import Embeds, embed_crops, embed_pictures
from facecluster.output.page.text import plural
from facecluster.records import Floats
from facecluster.train.data.class_folders import class_of, list_classes

FORMAT, VERSION = "facecluster-recalibration", 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """embeddings: float32 [N, D]. labels: int64 [N]. about: which pictures. failures: path and
    reason of what could not be read. faceless: pictures without a face, which are left out."""

    embeddings: Floats
    labels: NDArray[np.int64]
    about: str
    failures: tuple[tuple[str, str], ...] = ()
    faceless: int = 0


def recalibrate(values: Mapping[str, Any]) -> dict[str, Any]:
    """Measure and write as the options say; gives what --json prints."""
    images: Path | None = values["images"]
    run = None if images is not None else newest_run(values["runs"])
    path = values["model"] or _default(run)
    target: Path = values["save"] or path
    check_target(path, target)
    if path.suffix.lower() == ".pt":
        raise ModelError(f"{path}: is a checkpoint; export it first, then recalibrate the export")
    model = open_model(path, values["device"])
    with progress_bar(values["quiet"] or values["as_json"]) as progress:
        if run is None:
            assert images is not None
            found = _folders(model, images, values["threads"], progress)
        else:
            found = _validation(model, run, values, progress)
        strangers = _strangers(model, found, values, progress)
    network = None if strangers is None else strangers.fitted.network
    spec = _measured(model.spec, network, found)
    write_spec(path, target, spec, network)
    if run is not None and run.export is not None and Path(run.export.path) == target.resolve():
        _note(run, target)
    failures = (*found.failures, *(() if strangers is None else strangers.failures))
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": str(path),
        "written": str(target),
        "measured_on": spec.measured_on,
        "pictures": len(found.labels),
        "without_face": found.faceless,
        "old": _distances(model.spec),
        "new": _distances(spec),
        "changes": [list(row) for row in changes(model.spec, spec)],
        "strangers": None if strangers is None else _told(strangers),
        "failures": [{"path": p, "reason": reason} for p, reason in failures],
    }


def _strangers(
    model: Embeds, found: Labelled, values: Mapping[str, Any], progress: Progress
) -> Strangers | None:
    """The fit to --strangers, if any; the labelled pictures are faces as they usually are."""
    folder: Path | None = values["strangers"]
    if folder is None:
        return None
    return fit_strangers(model, folder, found.embeddings, values["threads"], progress)


def _measured(spec: ModelSpec, network: CrowdingNetwork | None, found: Labelled) -> ModelSpec:
    """The spec with what the pictures say, under the scales of a new network where there is one."""
    embeddings = found.embeddings
    if network is not None:
        embeddings = network.scaled(units(embeddings))
        spec = replace(spec, crowding=network.crowding)
    return measured_again(spec, embeddings, found.labels, found.about)


def _told(strangers: Strangers) -> dict[str, Any]:
    fitted = strangers.fitted
    return {
        "pictures": fitted.strangers,
        "without_face": strangers.faceless,
        "correlation": round(fitted.correlation, 4),
        "crowding": asdict(fitted.network.crowding),
    }


def _default(run: Newest | None) -> Path:
    """The model to recalibrate when none was named."""
    if run is None:
        from facecluster.embed.shipped import shipped_model

        return shipped_model()
    if run.export is None:
        raise FaceclusterError(
            f"{run.folder}: nothing was exported from it yet; run `facecluster export` first, or "
            "name a model with --model"
        )
    return Path(run.export.path)


def _folders(model: Embeds, images: Path, threads: int, progress: Progress) -> Labelled:
    """Every picture in the class folders of `images`."""
    listing = list_classes(images, at_least=1)
    names = [file.path for file in listing.files]
    seen = embed_pictures(model, [images / n for n in names], threads, progress, tolerant=True)
    failures = tuple((names[row], reason) for row, reason in seen.problems)
    good = seen.usable
    classes, labels = np.unique(
        [class_of(name) for name, use in zip(names, good, strict=True) if use],
        return_inverse=True,
    )
    kept = plural(int(good.sum()), "picture")
    about = f"{kept} of {plural(len(classes), 'class', 'classes')} in {images.resolve().name}"
    faceless = len(names) - int(good.sum()) - len(failures)
    return Labelled(seen.embeddings[good], labels.astype(np.int64), about, failures, faceless)


def _validation(
    model: Embeds, run: Newest, values: Mapping[str, Any], progress: Progress
) -> Labelled:
    """The pictures that the run was validated on."""
    val = validation_of(run, values["runs"], model, progress)
    seen = embed_crops(model, val.pictures.pixels, val.rows, values["threads"], progress)
    return Labelled(seen.embeddings, val.pictures.labels[val.rows], val.about)


def _note(run: Newest, target: Path) -> None:
    """The run's list of exports follows the file."""
    from facecluster.train.onnx.run_exports import note_export

    assert run.export is not None
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    note_export(run.folder, replace(run.export, sha256=digest))


def _distances(spec: ModelSpec) -> dict[str, Any]:
    return {"distance": spec.distance, "far_table": [list(row) for row in spec.far_table]}


def show_changes(record: Mapping[str, Any], verbose: bool) -> None:
    """Old and new distances on stdout; what could not be used on stderr."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Distance")
    for name in ("before", "now"):
        table.add_column(name, justify="right")
    for name, before, now in record["changes"]:
        table.add_row(name, *("-" if v is None else f"{v:.4f}" for v in (before, now)))
    print_whole(Console(highlight=False, soft_wrap=True), table)
    click.echo(f"Measured on {clean(record['measured_on'])}.")
    if record["strangers"] is not None:
        told = record["strangers"]
        click.echo(
            f"Scale of faces fitted to {clean(told['crowding']['fitted_on'])}; correlation "
            f"{told['correlation']:.2f} on those held out."
        )
    click.echo(f"Written to {clean(record['written'])}; libraries grouped with it are read anew.")
    faceless = record["without_face"] + (record["strangers"] or {}).get("without_face", 0)
    if faceless:
        click.echo(f"{plural(faceless, 'picture')} without a face left out.", err=True)
    failures = record["failures"]
    for failure in failures if verbose else failures[:1]:
        click.echo(clean(failure["reason"]), err=True)
    if len(failures) > 1:
        click.echo(f"{len(failures)} pictures could not be read.", err=True)
