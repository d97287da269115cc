"""What is on the screen while a network trains, at the widths that terminals have."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from rich.console import Console

from facecluster.cli.train.display import Display, Lines, epoch_line, listening
from facecluster.cli.train.view import epochs_of, plan_lines
from facecluster.train.history import EpochRow
from facecluster.train.run.reports import BatchReport, Listener, Plan, Silent

PLAN = Plan("pins-first", "pins, a folder of class folders", "mobilefacenet", 112, 3, 128,
            1_203_456, 1_203_456, 2513, 30, 402, 1380, 14, 14, 6000, 30, 100, "cpu",
            "float32")  # fmt: skip
REPORT = BatchReport(3, 262, 3000, 0.1034, 0.43, 0.182, 0.931, 1312.4, 751.0)
ROW = EpochRow(1, "triplet-soft", 0.2345, 0.43, 0.18, 0.93, 1e-3, 61.2, 1312.4, 0.851, 0.923,
               0.148, 0.45, 0.2, 0.961, False)  # fmt: skip


def rows(count: int) -> list[EpochRow]:
    """Ever better, so each is the best so far."""
    return [replace(ROW, epoch=i, accuracy=0.5 + i / 100, best=True) for i in range(1, count + 1)]


def screen(width: int = 80, height: int = 40, encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return Console(record=True, width=width, height=height, force_terminal=True, file=file)


def feed(listener: Listener, epochs: int = 2) -> None:
    listener.start(PLAN)
    for row in rows(epochs):
        listener.batch(REPORT)
        listener.epoch(row)
    listener.batch(REPORT)


def seen(display: Display) -> list[str]:
    """The lines that `picture` puts on the screen."""
    display.console.export_text()
    display.console.print(display.picture())
    return display.console.export_text().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_display_fits_any_width(width: int) -> None:
    display = Display(screen(width))
    feed(display, epochs=9)
    display.progress("embedding pictures", 300, 1200)
    shown = seen(display)
    assert max(map(len, shown)) <= width
    heading = next(line for line in shown if "Accuracy" in line)
    assert heading.startswith("Epoch ")
    assert "Embedding pictures" in "\n".join(shown)


def test_everything_is_there_at_80_columns() -> None:
    display = Display(screen(80))
    feed(display)
    shown = seen(display)
    text = "\n".join(shown)
    for part in ("mobilefacenet, 112 px colour", "1,203,456 parameters", "cpu in float32",
                 "2,513 pictures", "14 unseen classes", "Epoch 3/30", "62/100", "262/3,000",
                 "12:31 left", "loss 0.1034", "active 43.0 %", "same 0.182", "different 0.931",
                 "1,312 pictures/s"):  # fmt: skip
        assert part in text
    heading = next(line for line in shown if "Loss" in line)
    assert heading.split() == ["Epoch", "Stage", "Loss", "Active", "Accuracy", "AUC", "EER", "TAR",
                               "1e-2", "1-NN"]  # fmt: skip
    last = shown[shown.index(heading) + 2]
    assert last.split() == ["2", "triplet-soft", "0.234", "43.0", "%", "52.0", "%", "0.923", "14.8",
                            "%", "45.0", "%", "96.1", "%", "best"]  # fmt: skip
    assert len(last) <= 80


def test_narrow_terminals_lose_columns_and_never_the_accuracy() -> None:
    counts = []
    for width in (40, 60, 80, 120):
        display = Display(screen(width), verbose=True)
        feed(display)
        heading = next(line for line in seen(display) if "Accuracy" in line)
        assert "Loss" in heading
        counts.append(len(heading.split()))
    assert counts == sorted(set(counts))


def test_only_the_newest_best_epoch_is_marked() -> None:
    display = Display(screen())
    feed(display, epochs=5)
    marked = [line for line in seen(display) if line.rstrip().endswith("best")]
    assert [line.split()[0] for line in marked] == ["5"]


def test_a_long_run_shows_its_last_epochs_and_stays_on_the_screen() -> None:
    for height in (16, 24, 40):
        display = Display(screen(height=height))
        feed(display, epochs=50)
        shown = seen(display)
        assert len(shown) <= height
        assert any(line.split()[:2] == ["50", "triplet-soft"] for line in shown)
        assert not any(line.split()[:2] == ["1", "triplet-soft"] for line in shown)


def test_a_run_that_goes_on_begins_with_its_earlier_epochs() -> None:
    display = Display(screen(), earlier=rows(3))
    display.start(PLAN)
    display.epoch(replace(ROW, epoch=4))
    starts = [line.split()[0] for line in seen(display) if "triplet-soft" in line]
    assert starts == ["1", "2", "3", "4"]


def test_before_the_plan_is_known_only_what_is_being_done_is_shown() -> None:
    display = Display(screen())
    assert seen(display) in ([], [""])
    display.progress("reading pictures", 30, 120)
    (line,) = seen(display)
    assert line.startswith("Reading pictures ")
    assert line.rstrip().endswith("30/120")
    display.progress("reading pictures", 120, 120)
    assert seen(display) in ([], [""])


def test_values_that_are_not_known_are_dashes() -> None:
    display = Display(screen())
    display.start(PLAN)
    unknown = replace(REPORT, active=math.nan, seconds_left=None)
    display.batch(unknown)
    display.epoch(replace(ROW, holdout_accuracy=math.nan, auc=math.nan))
    text = "\n".join(seen(display))
    assert "active -" in text
    assert "- left" in text
    assert "nan" not in text


def test_notes_stay_and_are_clean() -> None:
    display = Display(screen())
    with display.live:
        display.start(PLAN)
        display.note("All distances are equal.\x1b[2J [bold]Try[/bold] a lower --lr.")
        display.finish()
    shown = display.console.export_text()
    assert "All distances are equal.?[2J [bold]Try[/bold] a lower --lr." in shown


def test_a_name_with_markup_or_escapes_is_only_text() -> None:
    display = Display(screen(120))
    display.start(replace(PLAN, source="a\x1b]0;x\x07[red]b", name="[/]:cat:"))
    text = "\n".join(seen(display))
    assert "a?]0;x?[red]b" in text
    assert "[/]:cat:" in text


def test_it_is_drawn_at_most_four_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    display = Display(screen(), clock=lambda: now[0])
    drawn: list[float] = []
    monkeypatch.setattr(display.live, "refresh", lambda: drawn.append(now[0]))
    display.start(PLAN)
    drawn.clear()
    for _ in range(1000):  # ten seconds of batches
        now[0] += 0.01
        display.batch(REPORT)
    assert 36 <= len(drawn) <= 40
    assert min(b - a for a, b in pairwise(drawn)) >= 0.249


def test_slow_drawing_is_rarer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    display = Display(screen(), clock=lambda: now[0])
    spent: list[float] = []

    def refresh() -> None:
        now[0] += 0.02
        spent.append(0.02)

    monkeypatch.setattr(display.live, "refresh", refresh)
    for _ in range(2000):  # twenty seconds of training
        now[0] += 0.01
        display.batch(REPORT)
    assert 15 <= len(spent) <= 22  # about two hundredths of that


def test_a_terminal_without_blocks_gets_plain_letters() -> None:
    display = Display(screen(encoding="ascii"))
    feed(display, epochs=9)
    "\n".join(seen(display)).encode("ascii")


def test_epochs_are_counted_by_batches_when_time_is_the_limit() -> None:
    assert epochs_of(PLAN, None) == 30
    assert epochs_of(PLAN, REPORT) == 30
    assert epochs_of(PLAN, replace(REPORT, total=450)) == 5


def lines(verbose: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=80, soft_wrap=True, highlight=False)
    listener = Lines(console, verbose)
    for done in (0, 50, 100):
        listener.progress("reading pictures", done, 100)
    feed(listener)
    listener.progress("embedding pictures", 5, 10)
    listener.note("A note.")
    return file.getvalue()


def test_without_a_terminal_an_epoch_is_a_line() -> None:
    shown = lines().splitlines()
    assert shown[0] == "Reading pictures (100) ..."
    assert shown[1:4] == plan_lines(PLAN)
    assert shown[4:] == [
        f"Epoch {i}/30 triplet-soft: loss 0.2345, active 43.0 %, accuracy {50 + i}.0 %, AUC 0.923, "
        "EER 14.8 %, TAR at 1e-2 45.0 %, 1-NN 96.1 %, 1,312 pictures/s, 12:31 left, best so far"
        for i in (1, 2)
    ] + ["A note."]
    assert "rate 0.001" in lines(verbose=True)


def test_a_line_leaves_out_what_is_not_known() -> None:
    row = replace(ROW, active=math.nan, holdout_accuracy=math.nan, auc=math.nan)
    assert epoch_line(row, 9, None, verbose=False) == (
        "Epoch 1/9 triplet-soft: loss 0.2345, accuracy 85.1 %, EER 14.8 %, TAR at 1e-2 45.0 %, "
        "1,312 pictures/s"
    )


def test_who_listens(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(True, False) as listener:
        assert isinstance(listener, Silent)
        feed(listener)
    assert capfd.readouterr() == ("", "")
    with listening(False, False) as listener:
        assert isinstance(listener, Lines)
        feed(listener)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 5
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    with listening(False, False) as listener:
        assert isinstance(listener, Display)
        feed(listener)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Epoch 3/30" in err


def test_one_of_each_and_frozen_parts_and_no_unseen_classes() -> None:
    plan = replace(PLAN, trainable=456, unseen_classes=0, holdout_pictures=0, epochs=1, batches=1,
                   val_pairs=1, channels=1)  # fmt: skip
    first, second, third = plan_lines(plan)
    assert first.endswith("validation on 1 pair, 1,380 pictures of 14 classes, none of them unseen")
    assert "112 px grey" in second
    assert second.endswith("1,203,456 parameters, 456 of them trained")
    assert third.startswith("1 epoch of 1 batch on cpu")


def test_pairs_of_known_classes_are_not_called_unseen() -> None:
    known = replace(PLAN, val_pictures=2953, val_classes=10, unseen_classes=0)
    assert plan_lines(known)[0].endswith("2,953 pictures of 10 classes, none of them unseen")
    some = replace(known, unseen_classes=4)
    assert plan_lines(some)[0].endswith("2,953 pictures of 10 classes, 4 of them unseen")
