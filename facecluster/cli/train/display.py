"""What a person sees of a training run while it goes: a live display, or one line per epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from facecluster.cli.common.console import LABELS
from facecluster.cli.common.fields import in_options
from facecluster.cli.common.terminal import clean
from facecluster.cli.train.view import (
    NOTHING,
    bars,
    course,
    duration,
    epoch_table,
    epochs_of,
    figure,
    figures,
    percent,
    plan_lines,
    stack,
)
from facecluster.train.history import EpochRow
from facecluster.train.run.reports import BatchReport, Listener, Plan, Silent

EVERY = 0.25  # seconds between two pictures of the live display, at least
SHARE = 0.02  # of the time that drawing may take from training
EPOCHS_SHOWN = 12
ROOM = 15  # lines that the display needs beside its table


@contextmanager
def listening(silent: bool, verbose: bool, earlier: Sequence[EpochRow] = ()) -> Iterator[Listener]:
    """Who listens to a run: nobody, a live display on a terminal, or plain lines; on stderr.

    earlier: epochs of a run that goes on, for the display to begin with.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    if silent:
        yield Silent()
    elif console.is_terminal and not console.is_dumb_terminal:
        display = Display(console, verbose, earlier)
        with display.live:
            yield display
            display.finish()
    else:
        console.soft_wrap = True
        yield Lines(console, verbose)


class Lines:
    """A sentence for what begins, and one line per epoch."""

    def __init__(self, console: Console, verbose: bool = False) -> None:
        self.console, self.verbose = console, verbose
        self._plan: Plan | None = None
        self._report: BatchReport | None = None
        self._doing = ""

    def start(self, plan: Plan) -> None:
        self._plan = plan
        for line in plan_lines(plan):
            self._print(line)

    def batch(self, report: BatchReport) -> None:
        self._report = report

    def epoch(self, row: EpochRow) -> None:
        epochs = epochs_of(self._plan, self._report) if self._plan else row.epoch
        left = self._report.seconds_left if self._report else None
        self._print(epoch_line(row, epochs, left, self.verbose))

    def note(self, sentence: str) -> None:
        self._print(clean(in_options(sentence)))

    def progress(self, what: str, done: int, total: int) -> None:
        """Only what comes before the first epoch: after that its line says enough."""
        if what != self._doing and self._plan is None:
            self._doing = what
            number = f" ({total:,})" if total > 1 else ""
            self._print(f"{_named(what)}{number} ...")

    def _print(self, line: str) -> None:
        self.console.print(Text(line))


def epoch_line(row: EpochRow, epochs: int, left: float | None, verbose: bool) -> str:
    """One epoch in words; what could not be measured is left out."""
    parts = [
        ("loss {}", figure(row.loss, 4)),
        ("active {}", percent(row.active)),
        ("same {}", figure(row.positive) if verbose else NOTHING),
        ("different {}", figure(row.negative) if verbose else NOTHING),
        ("accuracy {}", percent(row.accuracy)),
        ("AUC {}", figure(row.auc)),
        ("EER {}", percent(row.eer)),
        ("TAR at 1e-2 {}", percent(row.tar_1e2)),
        ("TAR at 1e-3 {}", percent(row.tar_1e3) if verbose else NOTHING),
        ("1-NN {}", percent(row.holdout_accuracy)),
        ("rate {}", f"{row.lr:.2g}" if verbose else NOTHING),
        ("{} pictures/s", f"{row.pictures_per_second:,.0f}"),
        ("{} gone", duration(row.seconds) if verbose else NOTHING),
        ("{} left", duration(left)),
    ]
    said = [text.format(value) for text, value in parts if value != NOTHING]
    mark = ", best so far" if row.best else ""
    return f"Epoch {row.epoch}/{epochs} {row.stage}: {', '.join(said)}{mark}"


class Display:
    """Header, bars, figures and the last epochs, redrawn in place at most four times per second.

    It draws when the run reports, without a thread of its own, and so seldom that training hardly
    waits for it. `picture()` is what is on the screen. clock: seconds that only ever grow.
    """

    def __init__(
        self,
        console: Console,
        verbose: bool = False,
        earlier: Sequence[EpochRow] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.console, self.verbose, self._clock = console, verbose, clock
        self.rows = list(earlier)
        self._plan: Plan | None = None
        self._report: BatchReport | None = None
        self._doing: tuple[str, int, int] | None = None
        self._next = -math.inf
        self.live = Live(console=console, auto_refresh=False, get_renderable=self.picture)

    def start(self, plan: Plan) -> None:
        self._plan, self._doing = plan, None
        self._draw(at_once=True)

    def batch(self, report: BatchReport) -> None:
        self._report, self._doing = report, None
        self._draw()

    def epoch(self, row: EpochRow) -> None:
        self.rows.append(row)
        self._doing = None
        self._draw(at_once=True)

    def note(self, sentence: str) -> None:
        """Stays above the display, for good."""
        self.console.print(Text(clean(in_options(sentence)), "yellow"))

    def progress(self, what: str, done: int, total: int) -> None:
        begins = self._doing is None or self._doing[0] != what
        self._doing = (what, done, total) if done < total else None
        self._draw(at_once=begins)

    def finish(self) -> None:
        """The last picture, which stays."""
        self._doing = None
        self._draw(at_once=True)

    def picture(self) -> RenderableType:
        size = self.console.size
        table = None
        if self.rows:
            last = max(1, min(EPOCHS_SHOWN, size.height - ROOM))
            table = epoch_table(self.rows, size.width, self.verbose, last)
        return stack(
            [
                self._header(),
                self._bars(),
                figures(self._report) if self._report else None,
                table,
                course(self.rows, size.width, self.console.options.ascii_only),
            ]
        )

    def _header(self) -> RenderableType | None:
        return Text("\n".join(plan_lines(self._plan))) if self._plan else None

    def _bars(self) -> RenderableType | None:
        shown: list[tuple[str, int, int, str]] = []
        plan, report = self._plan, self._report
        if plan and report:
            batches = max(1, plan.batches)
            done = (report.done - 1) % batches + 1 if report.done else 0
            left, remaining = report.seconds_left, report.total - report.done
            rest = left * (batches - done) / remaining if left and remaining > 0 else left
            label = f"Epoch {report.epoch}/{epochs_of(plan, report)}"
            shown.append((label, done, batches, f"{duration(rest)} left"))
            shown.append(("Run", report.done, report.total, f"{duration(left)} left"))
        if self._doing:
            what, done, total = self._doing
            shown.append((_named(what), done, total, ""))
        return bars(shown) if shown else None

    def _draw(self, at_once: bool = False) -> None:
        begin = self._clock()
        if at_once or begin >= self._next:
            self.live.refresh()
            end = self._clock()
            self._next = begin + max(EVERY, (end - begin) / SHARE)


def _named(stage: str) -> str:
    """`pack` as `Packing pictures`, `embedding pictures` as `Embedding pictures`."""
    words = LABELS.get(stage, clean(stage))
    return words[:1].upper() + words[1:]
