"""A small embedder to test with: the mean colour of a crop, less grey, as a unit vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from facecluster.embed.spec import ModelSpec

SIZE = 8
TEMPLATE = ((2.5, 2.4), (5.5, 2.4), (4.0, 4.1), (2.8, 5.4), (5.3, 5.4))
SPEC = ModelSpec(
    name="mean-colour",
    crop_size=SIZE,
    template=TEMPLATE,
    dimension=3,
    far_table=((0.1, 0.5), (0.01, 0.3)),
    measured_on="nothing",
    distance=0.4,
    licence="none",
    provenance="made by a test",
    training_data="none",
    align="none",
)


def write_colour_model(path: Path, spec: ModelSpec = SPEC) -> Path:
    """Write it as an ONNX file that carries `spec`; crops are SPEC.crop_size px."""

    def constant(name: str, values: object, kind: type) -> object:
        return numpy_helper.from_array(np.array(values, kind), name)

    nodes = [
        helper.make_node("Cast", ["crops"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats", "places"], ["mean"], keepdims=0),
        helper.make_node("Sub", ["mean", "grey"], ["centred"]),
        helper.make_node("LpNormalization", ["centred"], ["embedding"], axis=1, p=2),
        helper.make_node("Mul", ["embedding", "embedding"], ["squares"]),
        helper.make_node("ReduceSum", ["squares", "columns"], ["consistency"], keepdims=0),
    ]
    crops = helper.make_tensor_value_info(
        "crops", TensorProto.UINT8, ["N", spec.crop_size, spec.crop_size, 3]
    )
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", 3]),
        helper.make_tensor_value_info("consistency", TensorProto.FLOAT, ["N"]),
    ]
    constants = [
        constant("places", [1, 2], np.int64),
        constant("columns", [1], np.int64),
        constant("grey", [80, 80, 80], np.float32),
    ]
    graph = helper.make_graph(nodes, "colour", [crops], outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 8
    helper.set_model_props(made, {"note": "kept"} | spec.to_metadata())
    path.write_bytes(made.SerializeToString())
    return path
