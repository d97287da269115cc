"""A pickle is walked before it is opened: what it is said to be is what it will take."""

from __future__ import annotations

import io
import pickle
import time
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.train.data.formats.restricted import unpickle
from facecluster.train.pickles.nodes import PickleRefusedError
from facecluster.train.pickles.walk import PickleLimits, check_pickle
from tests.support.evil_pickles import BOMBS

KEYS = st.one_of(
    st.text(max_size=5), st.binary(min_size=1, max_size=5), st.integers(-(2**63), 2**63 - 1)
)
VALUES = st.recursive(
    st.one_of(KEYS, st.none(), st.booleans(), st.floats(), st.integers(-(2**80), 2**80)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(VALUES, st.sampled_from([0, 1, 2, 3, 4, 5]))
def test_plain_values_of_every_protocol_pass_and_the_stream_stays_behind_them(
    value: object, protocol: int
) -> None:
    data = pickle.dumps(value, protocol=protocol)
    stream = io.BytesIO(data + b"the next")
    check_pickle(stream, {("_codecs", "encode")})
    assert stream.tell() == len(data)


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_are_refused_at_once(what: str) -> None:
    start = time.process_time()
    with pytest.raises(PickleRefusedError):
        unpickle(BOMBS[what])
    assert time.process_time() - start < 10


def test_what_is_shared_counts_wherever_it_is() -> None:
    word = ("a", "b")
    check_pickle(io.BytesIO(pickle.dumps([word] * 10)), (), limits=PickleLimits(values=30))
    with pytest.raises(PickleRefusedError, match="unfold"):
        check_pickle(io.BytesIO(pickle.dumps([word] * 20)), (), limits=PickleLimits(values=30))


def test_depth_counts_from_the_leaves() -> None:
    nested: object = 1
    for _ in range(5):
        nested = [nested]
    data = pickle.dumps(nested)
    check_pickle(io.BytesIO(data), (), limits=PickleLimits(depth=5))
    with pytest.raises(PickleRefusedError, match="too deep"):
        check_pickle(io.BytesIO(data), (), limits=PickleLimits(depth=4))


@pytest.mark.parametrize("value", [OrderedDict(a=1), np.zeros(3), {1, 2}, {(1, 2): 3}, {0.5: 1}])
def test_what_was_not_allowed_is_named(value: object) -> None:
    with pytest.raises(PickleRefusedError, match=r"asks for|opcode|key"):
        check_pickle(io.BytesIO(pickle.dumps(value, protocol=4)), ())


def test_references_only_where_they_are_allowed() -> None:
    data = b"\x80\x02K\x01Q."
    check_pickle(io.BytesIO(data), (), persistent=True)
    with pytest.raises(PickleRefusedError, match="outside"):
        check_pickle(io.BytesIO(data), ())
