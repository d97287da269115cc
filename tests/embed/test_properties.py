"""What an ONNX file says of itself, with ONNX's own reader as the oracle."""

from __future__ import annotations

from importlib import resources

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from facecluster.embed.properties import properties
from facecluster.errors import ModelError

TEXTS = st.dictionaries(st.text(max_size=300), st.text(max_size=300), max_size=5)


@pytest.mark.parametrize("name", ["detector.onnx", "embedder.onnx", "embedder-int8.onnx"])
def test_shipped_models(name: str) -> None:
    content = resources.files("facecluster.models").joinpath(name).read_bytes()
    said = {entry.key: entry.value for entry in onnx.load_from_string(content).metadata_props}
    assert properties(content) == said


@given(TEXTS, st.integers(-(1 << 63), (1 << 63) - 1), st.text(max_size=200))
def test_any_model(texts: dict[str, str], version: int, producer: str) -> None:
    made = helper.make_model(helper.make_graph([], "empty", [], []), producer_name=producer)
    made.model_version = version
    helper.set_model_props(made, texts)
    assert properties(made.SerializeToString()) == texts


@given(st.binary(max_size=200))
def test_other_bytes(content: bytes) -> None:
    """Whatever is no message is refused; what happens to be one says something or nothing."""
    try:
        found = properties(content)
    except ModelError:
        return
    assert all(isinstance(text, str) for pair in found.items() for text in pair)


@given(st.data())
def test_a_file_cut_off(data: st.DataObject) -> None:
    made = helper.make_model(helper.make_graph([], "empty", [], []))
    helper.set_model_props(made, {"key": "value"})
    content = made.SerializeToString()
    part = content[: data.draw(st.integers(1, len(content) - 1))]
    try:
        onnx.ModelProto.FromString(part)
    except Exception:
        with pytest.raises(ModelError):
            properties(part)
    else:
        assert set(properties(part)) <= {"key"}


@pytest.mark.parametrize("content", [b"\x80" * 11, b"\xff" * 20, b"\x0b", b"\x0a\xff\xff\x03x"])
def test_hostile_numbers(content: bytes) -> None:
    with pytest.raises(ModelError, match="not an ONNX model"):
        properties(content)
