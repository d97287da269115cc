"""PReLU written in other terms is still PReLU."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from facecluster.runtime import session  # noqa: E402
from facecluster.train.onnx.prelu import unfold_prelu  # noqa: E402


def graph_of(slope: np.ndarray) -> onnx.ModelProto:
    """x to PRelu to y, [N, 5, 3, 4]."""
    node = helper.make_node("PRelu", ["x", "slope"], ["y"], name="act")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 5, 3, 4]) for name in "xy")
    body = helper.make_graph([node], "g", [x], [y], [numpy_helper.from_array(slope, "slope")])
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


@pytest.mark.parametrize("shape", [(5, 1, 1), (1, 5, 1, 1)])
def test_a_slope_a_channel_is_unfolded_and_means_the_same(rng, shape: tuple[int, ...]) -> None:
    slope = np.array([0.25, -0.5, 0, 1, 3], np.float32).reshape(shape)
    made = graph_of(slope)
    assert unfold_prelu(made) == 1
    onnx.checker.check_model(made, full_check=True)
    assert [node.op_type for node in made.graph.node] == ["Relu", "Conv", "Conv", "Add"]
    assert "slope" not in {tensor.name for tensor in made.graph.initializer}
    x = rng.standard_normal((3, 5, 3, 4), np.float32)
    y = session(made.SerializeToString(), "cpu").run(None, {"x": x})[0]
    np.testing.assert_allclose(y, np.where(x > 0, x, slope * x), atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1, 4), (3, 1), (1, 5, 3, 1)])
def test_other_slopes_are_left_alone(shape: tuple[int, ...]) -> None:
    made = graph_of(np.full(shape, 0.25, np.float32))
    assert unfold_prelu(made) == 0
    assert [node.op_type for node in made.graph.node] == ["PRelu"]
    assert [tensor.name for tensor in made.graph.initializer] == ["slope"]
