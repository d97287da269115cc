"""Weights outside of a model file are never opened, wherever the file hides them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.embed.embedder import Embedder
from facecluster.errors import ModelError
from facecluster.external_data import refuse_external_data
from facecluster.runtime import session

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from facecluster.embed.foreign import read_foreign  # noqa: E402
from facecluster.embed.onnx_anatomy import onnx_anatomy  # noqa: E402
from tests.support.colour_model import write_colour_model  # noqa: E402


def outside(location: str = "secret") -> onnx.TensorProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2])
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    return tensor


def inner(tensor: onnx.TensorProto) -> onnx.GraphProto:
    return helper.make_graph([], "inner", [], [], [tensor])


def sparse(tensor: onnx.TensorProto) -> onnx.SparseTensorProto:
    return onnx.SparseTensorProto(values=tensor, dims=[2])


def model(where: str, tensor: onnx.TensorProto) -> onnx.ModelProto:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    node = helper.make_node("Identity", ["x"], ["y"])
    graph = helper.make_graph([node], "g", [x], [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 8
    if where == "initializer":
        made.graph.initializer.append(tensor)
    elif where == "sparse":
        made.graph.sparse_initializer.append(sparse(tensor))
    elif where == "function":
        made.functions.append(onnx.FunctionProto(name="f", domain="d"))
        made.functions[0].node.append(helper.make_node("Constant", [], ["c"], value=tensor))
    elif where == "training":
        made.training_info.add().initialization.initializer.append(tensor)
    else:
        hidden: dict[str, dict[str, object]] = {
            "attribute": {"value": tensor},
            "tensors": {"values": [tensor]},
            "subgraph": {"body": inner(tensor)},
            "subgraphs": {"bodies": [inner(tensor)]},
            "sparse attribute": {"sparse_value": sparse(tensor)},
        }
        made.graph.node.append(helper.make_node("Constant", [], ["c"], **hidden[where]))
    return made


PLACES = ("initializer", "sparse", "function", "training", "attribute", "tensors", "subgraph",
          "subgraphs", "sparse attribute")  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_every_place_of_a_tensor_is_looked_at(where: str) -> None:
    with pytest.raises(ModelError, match="weights in other files"):
        refuse_external_data(model(where, outside()).SerializeToString())
    inside = numpy_helper.from_array(np.zeros(2, np.float32), "location")
    refuse_external_data(model(where, inside).SerializeToString())  # a name is no reference


@pytest.mark.parametrize("location", ["secret", "/etc/passwd", "*/_ORT_MEM_ADDR_/*"])
def test_every_door_refuses_it_and_opens_nothing(
    tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(np.ones(2, np.float32).tobytes())
    made = onnx.load(write_colour_model(tmp_path / "a.onnx"))
    made.graph.initializer.append(outside(location))
    onnx.save(made, tmp_path / "a.onnx")
    for door in (session, Embedder, read_foreign, onnx_anatomy):
        with pytest.raises(ModelError, match=r"a\.onnx: has weights in other files, which are"):
            door(tmp_path / "a.onnx")
    with pytest.raises(ModelError, match="has weights in other files"):
        session((tmp_path / "a.onnx").read_bytes())


def test_the_runtimes_own_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ort").write_bytes(b"\x30\0\0\0ORTM" + bytes(100))
    with pytest.raises(ModelError, match=r"a\.ort: of ONNX Runtime's own format"):
        session(tmp_path / "a.ort")


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_bytes_that_are_no_model_do_not_stop_it(first: bytes, second: bytes) -> None:
    try:
        refuse_external_data(first + b"location" + second)
    except ModelError:
        assert b"\x6a" in first + second or first[4:8] == b"ORTM"  # the mark of external data


def test_models_that_are_whole_pass(tmp_path: Path) -> None:
    path = write_colour_model(tmp_path / "location.onnx")
    data = path.read_bytes()
    refuse_external_data(data.replace(b"mean-colour", b"my-location"))
