"""One change of names and corrections, from what stood before to what is told of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence

import click

from facecluster.cli.common.exits import Exit
from facecluster.cli.common.terminal import clean
from facecluster.cli.people.again import group_again, group_command
from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.results import Results, results_for
from facecluster.cli.people.locking import locked
from facecluster.library.people import contradictions, document, journal

Work = Callable[[Desk], Outcome]
NOTHING = "Nothing to change: it is so already."


def change(ctx: click.Context, words: Sequence[object], work: Work) -> None:
    """Make one change, keep it, and tell of it; with --apply group at once.

    words: the command as the journal names it. Nothing is changed where the change is refused:
    raises ContradictionError, and what `work` raises.
    """
    results = results_for(ctx)
    with locked(results):
        outcome = work(Desk(results))
        changed = outcome.people != results.people
        if changed:
            keep(results, outcome, words)
    tell(ctx, outcome.sentence if changed else NOTHING)
    follow(ctx, results, changed)


def undo(ctx: click.Context, count: int) -> None:
    """Take back the newest changes. Raises UndoError where there is none."""
    results = results_for(ctx)
    with locked(results):
        told = journal.undo(results.out, count)
    for words in told:
        tell(ctx, f"Taken back: {words}")
    if len(told) < count:
        tell(ctx, "There were no more.")
    follow(ctx, results, True)


def keep(results: Results, outcome: Outcome, words: Sequence[object]) -> None:
    """Write it into people.toml, unless it contradicts itself. For whoever holds the lock."""
    after = Desk(results).with_paths(outcome.people)
    contradictions.check(after, document.lines_of(results.out))
    journal.record(results.out, results.people, after, shlex.join(map(str, words)))
    document.save(results.out, after)


def follow(ctx: click.Context, results: Results, changed: bool) -> None:
    """Group again, or say which command does it."""
    if ctx.params["apply"]:
        if group_again(ctx, results).failures:
            ctx.exit(Exit.SOME_UNREADABLE)
    elif changed:
        tell(ctx, f"The folders follow with the next {group_command(results)}.")


def tell(ctx: click.Context, text: str) -> None:
    """Print lines on stdout, without what a terminal would obey."""
    if not ctx.params["quiet"]:
        for line in text.splitlines():
            click.echo(clean(line))
        sys.stdout.flush()
