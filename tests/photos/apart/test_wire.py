"""What goes through the pipes arrives as it was, and nonsense is told from it."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.photos.apart.wire import (
    Request,
    receive_picture,
    receive_request,
    send_picture,
    send_problem,
    send_request,
)
from facecluster.records import Picture


def reader(pipe: io.BytesIO) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(pipe.getvalue()))  # type: ignore[arg-type]


@given(st.binary(max_size=99), st.integers(1, 9999), st.floats(0, 1e6))
def test_requests_arrive_one_after_the_other(data: bytes, side: int, seconds: float) -> None:
    pipe, wanted = io.BytesIO(), Request(data, side, 1 << 28, 5 << 30, seconds)
    send_request(pipe, wanted)
    send_request(pipe, wanted)
    pipe.seek(0)
    assert [receive_request(pipe) for _ in range(3)] == [wanted, wanted, None]


@given(st.integers(1, 9), st.integers(1, 9), st.none() | st.just("2019-07-21T18:03:55"))
def test_pictures_arrive(height: int, width: int, taken: str | None) -> None:
    pixels = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    pipe = io.BytesIO()
    send_picture(pipe, Picture(pixels[:, ::-1], 4000, 3000, 6, taken))
    found = receive_picture(reader(pipe), 9)
    np.testing.assert_array_equal(found.pixels, pixels[:, ::-1])
    assert not found.pixels.flags.writeable
    assert (found.width, found.height, found.orientation, found.taken) == (4000, 3000, 6, taken)


@pytest.mark.parametrize("problem", [PhotoError("truncated: no end"), MemoryPhotoError("much")])
def test_problems_arrive(problem: PhotoError) -> None:
    pipe = io.BytesIO()
    send_problem(pipe, problem)
    with pytest.raises(PhotoError) as caught:
        receive_picture(reader(pipe), 9)
    assert (type(caught.value), str(caught.value)) == (type(problem), str(problem))


HEAD = {"width": 9, "height": 9, "taken": None, "orientation": 1, "shape": [2, 2]}
CANNOT_BE = [
    {**HEAD, "shape": [1 << 40, 1 << 40]},
    {**HEAD, "shape": [0, 5]},
    {**HEAD, "shape": [-4, -5]},
    {**HEAD, "shape": 5},
    {**HEAD, "width": "wide"},
    {"shape": [2, 2]},
    [],
    7,
]


@pytest.mark.parametrize("head", CANNOT_BE, ids=str)
def test_replies_that_cannot_be(head: object) -> None:
    text = json.dumps(head).encode()
    data = struct.pack("<I", len(text)) + text + bytes(999)
    with pytest.raises((ValueError, KeyError, TypeError)):
        receive_picture(io.BufferedReader(io.BytesIO(data)), 9)  # type: ignore[arg-type]


@given(st.binary(max_size=200))
def test_any_bytes_are_an_error_of_few_kinds(data: bytes) -> None:
    with pytest.raises((EOFError, ValueError, KeyError, TypeError, PhotoError)):
        receive_picture(io.BufferedReader(io.BytesIO(data)), 9)  # type: ignore[arg-type]
