"""One photo never ends a run: budget, other processes and blame together."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.guard.guard import Guard
from facecluster.guard.in_work import IN_WORK, InWork
from facecluster.guard.share import Share

DIGEST = "c" * 32


def picture(form: str = "PNG", **options: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), (10, 200, 30)).save(buffer, form, **options)
    return buffer.getvalue()


def processes() -> int:
    mine = psutil.Process().children()
    return len([c for c in mine if "photos.apart" in " ".join(c.cmdline())])


@pytest.mark.parametrize(
    ("data", "here", "apart", "others"),
    [
        (picture(), 1 << 30, False, 0),
        (picture(), 1 << 30, True, 1),
        (picture(), 1000, False, 1),  # more than fits in here
        (picture("TIFF", compression="jpeg"), 1 << 30, False, 1),
    ],
    ids=["ordinary", "blamed", "large", "rare"],
)
def test_where_a_photo_is_decoded(data: bytes, here: int, apart: bool, others: int) -> None:
    before = processes()
    with Guard(Share(1, 1 << 30, here, 1 << 30)) as guard:
        found = guard.decode(data, 1600, apart=apart)
        assert processes() - before == others
    assert found.pixels.shape == (100, 200, 3)
    assert np.ptp(found.pixels[..., 0]) < 20
    assert processes() == before


def test_a_photo_that_does_not_fit_says_what_it_takes() -> None:
    with Guard(Share(1, 50_000, 50_000, 50_000)) as guard, pytest.raises(PhotoError) as caught:
        guard.decode(picture(), 1600)
    assert str(caught.value) == (
        "too large: 200 x 100 px take 0.00 GB of memory, the limit is 0.00 GB; "
        "a run with more memory reads it"
    )


def test_blame_leads_to_another_process_and_then_out(tmp_path: Path) -> None:
    (tmp_path / ".facecluster").mkdir()

    def blamed(again: tuple[str, ...] = ()) -> bool:
        (tmp_path / IN_WORK).write_text(f"{DIGEST}\nFatal Python error\n")
        with InWork(tmp_path, 1) as notes, Guard(notes=notes, again=again) as guard:
            assert not guard.blamed("d" * 32, "b.jpg")
            return guard.blamed(DIGEST, "a.jpg")

    assert blamed()
    with pytest.raises(PhotoError, match=r"^it ended the last 2 runs; left out"):
        blamed()
    assert blamed(again=("a.jpg",))


def test_a_large_file_has_its_memory_before_it_is_read() -> None:
    with Guard(Share(2, 100_000_000, 100_000_000, 100_000_000)) as guard:
        with guard.room(1_000) as held:
            assert not held
        with guard.room(90_000_000) as held:
            assert held
            assert guard.decode(picture(), 1600, held=held).width == 200  # asks for no more
