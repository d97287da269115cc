"""Verification for `facecluster evaluate`: which model on which pairs, and how it is shown."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facecluster.base.atomic import write_atomic
from facecluster.base.progress import Progress
from facecluster.cli.common.console import progress_bar
from facecluster.cli.common.terminal import clean
from facecluster.cli.evaluate.newest_run import model_of, newest_run, open_model, validation_of
from facecluster.evaluate.pictures import Embeds, embed_crops
from facecluster.evaluate.verification.pair_lists import read_pairs, resolve
from facecluster.evaluate.verification.protocol import Verified, judge, verify_pairs
from facecluster.evaluate.verification.roc import draw_roc, roc_format
from facecluster.output.page.text import plural

if TYPE_CHECKING:
    from facecluster.evaluate.verification.protocol import Figures

FORMAT, VERSION = "facecluster-verification", 1


def evaluate(values: Mapping[str, Any]) -> dict[str, Any]:
    """Run the protocol as the options say; gives what --json prints."""
    start = time.perf_counter()
    silent = values["quiet"] or values["as_json"]
    with progress_bar(silent) as progress:
        chosen = _on_list if values["pairs"] is not None else _on_run
        model, found, about, notes = chosen(values, progress)
    if values["roc"] is not None:
        title = f"{model.spec.name}: AUC {found.figures.auc:.4f}, EER {found.figures.eer:.2%}"
        form = roc_format(values["roc"])
        write_atomic(values["roc"], draw_roc(found.distances, found.same, title, form))
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": {"name": model.spec.name, "id": model.model_id},
        "pairs": about,
        "pictures": found.pictures,
        "without_face": list(found.without_face),
        **_figures(found.figures),
        "own_threshold": model.spec.distance,
        "roc": None if values["roc"] is None else str(values["roc"]),
        "notes": notes,
        "seconds": round(time.perf_counter() - start, 1),
    }


def _on_list(
    values: Mapping[str, Any], progress: Progress
) -> tuple[Embeds, Verified, str, list[str]]:
    path: Path = values["pairs"]
    beside = path.parent / "images"
    images = values["images"] or (beside if beside.is_dir() else path.parent)
    pairs = resolve(read_pairs(path), images)
    model = open_model(values["model"], values["device"])
    found = verify_pairs(model, pairs, images, values["threads"], progress)
    return model, found, str(path), []


def _on_run(
    values: Mapping[str, Any], progress: Progress
) -> tuple[Embeds, Verified, str, list[str]]:
    run = newest_run(values["runs"])
    given = values["model"]
    model = open_model(given, values["device"]) if given else model_of(run, values["device"])
    val = validation_of(run, values["runs"], model, progress)
    seen = embed_crops(model, val.pictures.pixels, val.rows, values["threads"], progress)
    rows = val.pairs.first, val.pairs.second
    found = judge(model, seen.embeddings, rows, val.pairs.same, val.pairs.fold)
    return model, found, f"{run.folder}: {val.about}", [] if given else run.notes()


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "same": found.same,
        "different": found.different,
        "folds": found.folds,
        "accuracy": found.accuracy,
        "standard_error": found.standard_error,
        "threshold": found.threshold,
        "auc": found.auc,
        "eer": found.eer,
        "tar": [{"false_accept_rate": rate, "true_accept_rate": tar} for rate, tar in found.tar],
    }


def show_figures(record: Mapping[str, Any], verbose: bool) -> None:
    """The figures on stdout, what to know of them on stderr."""
    folds = plural(record["folds"], "fold")
    click.echo(
        f"{clean(record['model']['name'])} on {clean(record['pairs'])}\n"
        f"{record['same']:,} same and {record['different']:,} different pairs of "
        f"{plural(record['pictures'], 'picture')} in {folds}"
    )
    for name, value in _rows(record):
        click.echo(f"  {name:<18}{value}")
    if record["roc"] is not None:
        click.echo(f"ROC curve: {clean(record['roc'])}")
    missed = record["without_face"]
    if missed:
        some = "" if verbose else f", such as {clean(missed[0])}"
        click.echo(
            f"In {plural(len(missed), 'picture')} no face was found{some}; the middle of the "
            "picture stood in for it.",
            err=True,
        )
        for name in missed if verbose else ():
            click.echo(f"  {clean(name)}", err=True)
    for note in record["notes"]:
        click.echo(f"Note: {clean(note)}.", err=True)


def _rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each figure, as they are shown."""
    accuracy = f"{record['accuracy']:.2%}".replace("%", " %")
    if record["standard_error"] is None:
        kind = "the model's own threshold"
    else:
        accuracy += f" ± {100 * record['standard_error']:.2f}"
        kind = "mean of the folds"
    rows = [
        ("Accuracy", accuracy),
        ("Threshold", f"{record['threshold']:.4f}  ({kind})"),
        ("AUC", f"{record['auc']:.5f}"),
        ("EER", f"{100 * record['eer']:.2f} %"),
    ]
    for row in record["tar"]:
        rate, tar = row["false_accept_rate"], row["true_accept_rate"]
        share = f"n/a  (needs {1 / rate:,.0f} different pairs)"
        rows.append((f"TAR at FAR {rate:.0e}", share if tar is None else f"{100 * tar:.2f} %"))
    return rows
