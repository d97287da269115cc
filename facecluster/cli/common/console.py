"""What a person sees: results on stdout, everything else on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from facecluster.cli.common.fields import in_options
from facecluster.cli.common.tables import people_table
from facecluster.cli.common.terminal import clean
from facecluster.report.changed import changes_told
from facecluster.report.left_out import left_out_sentences
from facecluster.report.records import Failure, Report, Summary

SHOWN = 20  # people in the table
NONE_FOUND = "No photos were found in this folder."
NONE_READ = "No photos were found in what could be listed of this folder."
ONLY_OTHERS = "This folder holds only files of other kinds, no photos."
LABELS = {
    "read": "Reading photos",
    "pack": "Packing pictures",
    "cluster": "Finding people",
    "write": "Writing folders",
    "check": "Checking copies",
}


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """One bar per stage on stderr; gives the function that the stages report to."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    tasks: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if total and stage not in tasks:
            tasks[stage] = bar.add_task(LABELS.get(stage, stage), total=total)
        if stage in tasks:
            bar.update(tasks[stage], completed=done, total=total)

    with bar:
        yield report


def _console(stderr: bool = False) -> Console:
    """Prints what it is given: `:cat:` in a file's name stays those five letters."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)


def show_people(
    report: Report, out: Path, dry_run: bool, verbose: bool, none_found: str = NONE_FOUND
) -> None:
    """The table of people and a few sentences, on stdout. none_found: said where no photo is."""
    console = _console()
    people = report.people
    if people:
        console.print(people_table(people[:SHOWN], console))
    if len(people) > SHOWN:
        console.print(f"and {_count(len(people) - SHOWN, 'more person', 'more people')}.")
    summary = report.summary
    console.print(_sentence(summary))
    if told := changes_told(report):
        console.print(escape(clean(told)))
    for note in report.notes:
        console.print(escape(clean(note)), style="yellow")
    if summary.photos == 0:
        console.print(none_found)
    elif summary.faces == 0:
        console.print("No face was found in any photo.")
    doubts = _doubts(report)
    if doubts:
        console.print(doubts)
    for sentence in left_out_sentences(report.left_out):
        console.print(escape(clean(in_options(sentence))))
    if dry_run:
        console.print("Dry run: nothing was written.")
    elif summary.photos or report.left_out:
        console.print(f"Report: {escape(clean(str(out / 'report.html')))}")
    if verbose:
        _details(console, report)


def _sentence(summary: Summary) -> str:
    photos = ", ".join(f"{n} {status}" for status, n in summary.photos_by_status.items() if n)
    many = "a copy" if summary.copies == 1 else "copies"
    copies = f", {summary.copies} of them {many}" if summary.copies else ""
    return (
        f"{_count(summary.photos, 'photo')}{copies} ({photos or 'none'}), "
        f"{_count(summary.faces, 'face')}, {summary.faces_placed} of them placed with "
        f"{_count(summary.people, 'person', 'people')}."
    )


def _doubts(report: Report) -> str:
    """What the report lists as worth a look, empty where that is nothing."""
    lists = (
        (
            len(report.probably_same),
            "pair of people who may be one",
            "pairs of people who may be one",
        ),
        (len(report.probably_mixed), "person who may be several", "people who may be several"),
    )
    parts = [_count(number, one, many) for number, one, many in lists if number]
    return f"Worth a look: {', '.join(parts)}." if parts else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _details(console: Console, report: Report) -> None:
    for failure in report.failures:
        console.print(f"  {escape(clean(failure.path))}: {escape(clean(failure.reason))}")
    for record in report.left_out:
        for path in record.paths:
            console.print(f"  {escape(clean(path))}: left out, {escape(clean(record.reason))}")
        if more := record.count - len(record.paths):
            console.print(f"  … and {more} more {escape(clean(record.kind))}")
    console.print(", ".join(f"{stage} {s:.1f} s" for stage, s in report.run.seconds.items()))


def warn_unreadable(failures: Sequence[Failure], verbose: bool) -> None:
    """One line on stderr when photos could not be read, or folders not listed."""
    if not failures:
        return
    first = failures[0]
    folders = sum(failure.path.endswith("/") for failure in failures)
    photos = len(failures) - folders
    counts = [_count(photos, "photo")] * bool(photos) + [_count(folders, "folder")] * bool(folders)
    hint = "" if verbose or len(failures) == 1 else "; --verbose or the report list them all"
    _console(stderr=True).print(
        escape(
            f"{' and '.join(counts)} could not be read, "
            f"such as {clean(first.path)}: {clean(first.reason)}{hint}."
        ),
        style="yellow",
    )
