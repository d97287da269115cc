"""Models are opened when a photo is to be read, once, and not where nothing is new."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import numpy as np
import onnxruntime as ort
import pytest

from facecluster.config import OutputConfig, ReadConfig, Settings
from facecluster.group import group
from facecluster.reading import Reader
from facecluster.records import Picture
from facecluster.runtime import Later


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each session that is opened."""
    plain, sessions = ort.InferenceSession, []

    def count(*args: object, **named: object) -> ort.InferenceSession:
        sessions.append(1)
        return plain(*args, **named)

    monkeypatch.setattr(ort, "InferenceSession", count)
    return sessions


def test_a_reader_opens_its_models_at_the_first_photo(opened: list[int]) -> None:
    reader = Reader(ReadConfig(device="cpu"))
    assert reader.id
    assert reader.embedder.spec.dimension == 128
    assert not opened
    blank = Picture(np.zeros((64, 64, 3), np.uint8), 64, 64)
    for _ in range(2):
        assert len(reader.faces(blank).embeddings) == 0
    for thread in threading.enumerate():
        if thread.name == "ask-ahead":
            thread.join()
    assert len(opened) == 2


def test_nothing_is_opened_where_nothing_is_new(
    opened: list[int], party: Path, tmp_path: Path
) -> None:
    settings = Settings(output=OutputConfig(folder=tmp_path / "out"))
    first = group(party, settings)
    assert len(opened) == 2
    again = group(party, settings)
    assert len(opened) == 2
    assert [p.name for p in again.people] == [p.name for p in first.people]


def test_threads_share_one_session() -> None:
    made: list[object] = []

    def open_slowly() -> object:
        sleep(0.05)
        made.append(object())
        return made[-1]

    later = Later(open_slowly)  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: later(), range(16)))
    assert len(made) == 1
    assert all(one is made[0] for one in got)


def test_what_could_not_be_opened_is_tried_again() -> None:
    answers: list[object] = [OSError("busy"), "open"]

    def open_once_more() -> object:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    later = Later(open_once_more)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="busy"):
        later()
    assert later() == "open"
