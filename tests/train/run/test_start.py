"""The embeddings of before training: a picture is drawn without them where they are damaged."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from facecluster.train.run.finish import START, kept_start

LIKE = np.zeros((6, 4), np.float32)


def archive(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


WHOLE = archive(embeddings=LIKE + 1)


def test_whole(tmp_path: Path) -> None:
    (tmp_path / START).write_bytes(WHOLE)
    assert kept_start(tmp_path, LIKE).tolist() == (LIKE + 1).tolist()


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"text",
        b"PK\3\4" + bytes(40),
        WHOLE[:-30],
        WHOLE.replace(b"float", b"flaot").replace(b"<f4", b"<f2"),
        WHOLE.replace(b"(6, 4)", b"(6, 9)"),
        WHOLE.replace(b"(6, 4), }   ", b"(99999, 4), }"),
        archive(other=LIKE),
        archive(embeddings=LIKE[:3]),
        archive(embeddings=LIKE.astype(np.float64)),
        archive(embeddings=LIKE + np.nan),
        archive(embeddings=np.array([{}], object)),
    ],
    ids=range(13),
)
def test_damaged(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        assert data != WHOLE
        (tmp_path / START).write_bytes(data)
    assert kept_start(tmp_path, LIKE) is None
