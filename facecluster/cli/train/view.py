"""How a training run looks: header, bars, figures, and the table of its last epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from facecluster.cli.common.terminal import clean
from facecluster.train.history import EpochRow
from facecluster.train.run.reports import BatchReport, Plan

BLOCKS, ASCII_BLOCKS = "▁▂▃▄▅▆▇█", "_.-=+*%#"
NOTHING = "-"  # where there is no value
Cell = Callable[[EpochRow], str]


def count(number: int, one: str, ending: str = "s") -> str:
    """`1,797 pictures`."""
    return f"{number:,} {one}{'' if number == 1 else ending}"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %" if math.isfinite(share) else NOTHING


def figure(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else NOTHING


def duration(seconds: float | None) -> str:
    """`1:02:03` or `2:03`; a dash while unknown."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def epochs_of(plan: Plan, report: BatchReport | None) -> int:
    """How many epochs it will be: with a time limit only the batches tell, and that by and by."""
    return math.ceil(report.total / max(1, plan.batches)) if report else plan.epochs


def plan_lines(plan: Plan) -> list[str]:
    """What is about to run, in three lines."""
    colour = "colour" if plan.channels == 3 else "grey"
    part = f", {plan.trainable:,} of them trained" if plan.trainable < plan.parameters else ""
    held = f", {plan.holdout_pictures:,} more held out" if plan.holdout_pictures else ""
    judges = f"{count(plan.val_pairs, 'pair')}, {count(plan.val_pictures, 'picture')} of"
    return [
        f"{clean(plan.source)}: {count(plan.train_pictures, 'picture')} of {plan.train_classes} "
        f"classes to learn from{held}; validation on {judges} {_judged(plan)}",
        f"{plan.backbone}, {plan.image_size} px {colour}, {plan.embedding_dim} numbers an "
        f"embedding, {count(plan.parameters, 'parameter')}{part}",
        f"{count(plan.epochs, 'epoch')} of {count(plan.batches, 'batch', 'es')} "
        f"on {clean(plan.device)} in {plan.precision}: {clean(plan.name)}",
    ]


def _judged(plan: Plan) -> str:
    """The classes of the validation pairs: unseen ones, unless a list of pairs names others."""
    if plan.unseen_classes == plan.val_classes:
        return count(plan.unseen_classes, "unseen class", "es")
    known = f"{plan.unseen_classes or 'none'} of them unseen"
    return f"{count(plan.val_classes, 'class', 'es')}, {known}"


def bars(rows: Sequence[tuple[str, int, int, str]]) -> Table:
    """One bar per row of label, done, total and what stands behind it."""
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for _ in range(2):
        grid.add_column(justify="right", no_wrap=True)
    for label, done, total, behind in rows:
        bar = ProgressBar(total=max(total, 1), completed=min(done, total))
        grid.add_row(label, bar, f"{done:,}/{total:,}" if total > 1 else "", behind)
    return grid


def figures(report: BatchReport) -> Text:
    """The current batch in one line."""
    parts = [
        ("loss ", figure(report.loss, 4)),
        ("active ", percent(report.active)),
        ("same ", figure(report.positive)),
        ("different ", figure(report.negative)),
        ("", f"{report.pictures_per_second:,.0f} pictures/s"),
    ]
    text = Text()
    for label, value in parts:
        text.append("   " if text else "").append(label, "dim").append(value, "bold")
    return text


# Heading, least width of the terminal at which it is shown, whether it is for --verbose, the value.
COLUMNS: tuple[tuple[str, int, bool, Cell], ...] = (
    ("Epoch", 0, False, lambda row: str(row.epoch)),
    ("Stage", 56, False, lambda row: row.stage),
    ("Loss", 0, False, lambda row: figure(row.loss)),
    ("Active", 64, False, lambda row: percent(row.active)),
    ("Accuracy", 0, False, lambda row: percent(row.accuracy)),
    ("AUC", 40, False, lambda row: figure(row.auc)),
    ("EER", 48, False, lambda row: percent(row.eer)),
    ("TAR 1e-2", 76, False, lambda row: percent(row.tar_1e2)),
    ("TAR 1e-3", 88, True, lambda row: percent(row.tar_1e3)),
    ("1-NN", 70, False, lambda row: percent(row.holdout_accuracy)),
    ("Rate", 98, True, lambda row: f"{row.lr:.2g}" if math.isfinite(row.lr) else NOTHING),
    ("Time", 106, True, lambda row: duration(row.seconds)),
    ("", 0, False, lambda row: "best" if row.best else ""),
)


def epoch_table(rows: Sequence[EpochRow], width: int, verbose: bool, last: int) -> Table:
    """The last rows; columns that a narrow terminal has no room for are left out.

    Only the newest row that is best so far carries the mark.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    shown = [c for c in COLUMNS if width >= c[1] and (verbose or not c[2])]
    for heading, *_ in shown:
        table.add_column(heading, justify="left" if heading == "Stage" else "right", no_wrap=True)
    best = max((i for i, row in enumerate(rows) if row.best), default=-1)
    first = max(0, len(rows) - last)
    for i, row in enumerate(rows[first:], first):
        cells = [cell(row) for *_, cell in shown]
        cells[-1] = "best" if i == best else ""
        table.add_row(*cells, style="green" if i == best else "")
    return table


def sparkline(values: Sequence[float], width: int, blocks: str = BLOCKS) -> str:
    """One block per value, from the lowest to the highest; more values than `width` are averaged.

    A value that is not finite leaves a gap.
    """
    steps = max(1, math.ceil(len(values) / max(1, width)))
    groups = [values[i : i + steps] for i in range(0, len(values), steps)]
    finite = [[v for v in group if math.isfinite(v)] for group in groups]
    means = [sum(group) / len(group) if group else math.nan for group in finite]
    known = [mean for mean in means if math.isfinite(mean)]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)

    def block(mean: float) -> str:
        if math.isnan(mean):
            return " "
        place = (mean - low) / span if span > 0 else 0.5
        return blocks[min(len(blocks) - 1, int(place * len(blocks)))]

    return "".join(map(block, means))


def course(rows: Sequence[EpochRow], width: int, ascii_only: bool) -> Text | None:
    """The accuracy of all epochs as a line of blocks, with first and last value."""
    values = [row.accuracy for row in rows]
    if sum(map(math.isfinite, values)) < 2:
        return None
    first, latest = (next(filter(math.isfinite, v)) for v in (values, reversed(values)))
    blocks = ASCII_BLOCKS if ascii_only else BLOCKS
    text = Text(no_wrap=True, overflow="crop").append("Accuracy ", "dim").append(percent(first))
    text.append(" ").append(sparkline(values, max(8, width - 28), blocks), "cyan")
    return text.append(" ").append(percent(latest))


def stack(parts: Sequence[RenderableType | None]) -> Group:
    """The parts that are there, with an empty line between them."""
    lines: list[RenderableType] = []
    for part in parts:
        if part is not None:
            lines += ([Text()] if lines else []) + [part]
    return Group(*lines)
