"""Many listeners in the place of one. Loads no torch."""

from __future__ import annotations

from facecluster.train.history import EpochRow
from facecluster.train.run.reports import BatchReport, Listener, Plan


class Listeners:
    """Hands on everything that a run tells to each listener in turn."""

    def __init__(self, *listeners: Listener) -> None:
        self.listeners = listeners

    def start(self, plan: Plan) -> None:
        for listener in self.listeners:
            listener.start(plan)

    def batch(self, report: BatchReport) -> None:
        for listener in self.listeners:
            listener.batch(report)

    def epoch(self, row: EpochRow) -> None:
        for listener in self.listeners:
            listener.epoch(row)

    def note(self, sentence: str) -> None:
        for listener in self.listeners:
            listener.note(sentence)

    def progress(self, what: str, done: int, total: int) -> None:
        for listener in self.listeners:
            listener.progress(what, done, total)
