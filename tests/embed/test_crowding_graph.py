"""ONNX Runtime says what numpy says of a face's scale, behind every kind of embedder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.combining import Combiner
from facecluster.distances import lengths, units
from facecluster.embed import shipped
from facecluster.embed.embedder import Embedder
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from tests.support.colour_model import SPEC, write_colour_model
from tests.support.crowding import CROWDING, crowded, random_network

onnx = pytest.importorskip("onnx")

from facecluster.embed.crowding_graph import put_crowding, take_crowding  # noqa: E402
from facecluster.embed.familiarity import take_familiarity  # noqa: E402
from facecluster.embed.onnx_anatomy import onnx_anatomy  # noqa: E402
from facecluster.embed.onnx_graph import content_of, set_spec  # noqa: E402

MODELS = Path(shipped.__file__).parents[1] / "models"


def noise(spec: ModelSpec, count: int) -> np.ndarray:
    size = spec.crop_size
    cells = np.random.default_rng(3).integers(0, 256, (count, 2, 2, 3), np.uint8)
    return cells.repeat(-(-size // 2), 1).repeat(-(-size // 2), 2)[:, :size, :size]


@pytest.fixture(params=["colour", shipped.FLOAT32, shipped.INT8])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "colour":
        return write_colour_model(tmp_path / "colour.onnx")
    made = onnx.load(MODELS / request.param)
    take_familiarity(made)  # which has a say in the rows and the consistency of strange crops
    path = tmp_path / request.param
    path.write_bytes(content_of(made))
    return path


def test_rows_are_as_long_as_the_network_says(source: Path, tmp_path: Path) -> None:
    plain = Embedder(source, "cpu")
    network = random_network(plain.spec.dimension)
    model = Embedder(crowded(source, tmp_path / "a.onnx", network), "cpu")
    assert model.spec == replace(plain.spec, crowding=CROWDING)
    crops = noise(plain.spec, 9)
    before, same = plain.embed(crops)
    after, consistency = model.embed(crops)
    assert np.array_equal(consistency, same)
    assert units(after) == pytest.approx(units(before), abs=1e-6)
    wanted = network.scale(units(before))
    wanted[np.abs(wanted - 1) < 1.5e-3] = 1
    assert lengths(after) == pytest.approx(wanted, rel=2e-5)
    assert len(set(lengths(after).tolist())) > 2  # so that the comparison says something


def test_another_network_takes_the_place_of_the_first(source: Path, tmp_path: Path) -> None:
    dimension = Embedder(source, "cpu").spec.dimension
    one = crowded(source, tmp_path / "one.onnx", random_network(dimension))
    two = random_network(dimension, seed=9, hidden=(5,))
    found = crowded(one, tmp_path / "two.onnx", two).read_bytes()
    assert found == crowded(source, tmp_path / "direct.onnx", two).read_bytes()


def test_taken_out_the_graph_is_as_before(source: Path, tmp_path: Path) -> None:
    made = onnx.load(source)
    take_crowding(made)
    before = content_of(made)
    take_crowding(made)
    assert content_of(made) == before
    put_crowding(made, random_network(Embedder(source, "cpu").spec.dimension))
    assert content_of(made) != before
    take_crowding(made)
    assert content_of(made) == before


@pytest.mark.parametrize("version", [10, 11, 12, 13, 17, 18, 21])
def test_every_opset_that_an_adopted_file_may_have(tmp_path: Path, version: int) -> None:
    nodes = [onnx.helper.make_node("Identity", ["x"], ["embedding"])]
    ports = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", 6])
        for name in ("x", "embedding")
    ]
    graph = onnx.helper.make_graph(nodes, "g", ports[:1], ports[1:])
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", version)])
    made.ir_version = 8
    network = random_network(6)
    put_crowding(made, network)
    onnx.checker.check_model(made, full_check=True)
    rows = np.random.default_rng(0).normal(size=(7, 6)).astype(np.float32)
    from facecluster.runtime import session

    found = session(made.SerializeToString(), "cpu").run(["scale"], {"x": rows})[0]
    assert found == pytest.approx(network.scale(rows), rel=1e-5)


def test_threads_through_a_combiner_get_scaled_rows(tmp_path: Path) -> None:
    path = crowded(write_colour_model(tmp_path / "c.onnx"), tmp_path / "a.onnx", random_network(3))
    model = Embedder(path, "cpu")
    crops = noise(SPEC, 9)
    alone = model.embed(crops)[0]
    model._combiner = Combiner(model._together, 64)
    assert model.embed(crops)[0] == pytest.approx(alone, abs=1e-6)


def test_spec_and_graph_must_agree(tmp_path: Path) -> None:
    plain = write_colour_model(tmp_path / "plain.onnx")
    made = onnx.load(plain)
    put_crowding(made, random_network(3))
    (tmp_path / "silent.onnx").write_bytes(content_of(made))
    with pytest.raises(ModelError, match=r"silent\.onnx: the graph gives `scale`, of which"):
        Embedder(tmp_path / "silent.onnx", "cpu")
    made = onnx.load(plain)
    set_spec(made, replace(SPEC, crowding=CROWDING))
    (tmp_path / "vain.onnx").write_bytes(content_of(made))
    with pytest.raises(ModelError, match=r"vain\.onnx: its metadata says .* gives no `scale`"):
        Embedder(tmp_path / "vain.onnx", "cpu")


@pytest.mark.parametrize("factor", [0.0, -1.0, 1e3, float("nan"), float("inf")])
def test_a_scale_out_of_bounds_is_told_when_the_model_is_opened(
    tmp_path: Path, factor: float
) -> None:
    made = onnx.load(write_colour_model(tmp_path / "plain.onnx"))
    put_crowding(made, random_network(3))
    set_spec(made, replace(SPEC, crowding=CROWDING))
    made.graph.node[-1].output[0] = "right"
    made.graph.node.append(onnx.helper.make_node("Mul", ["right", "factor"], ["scale"]))
    tensor = onnx.numpy_helper.from_array(np.array(factor, np.float32), "factor")
    made.graph.initializer.append(tensor)
    (tmp_path / "a.onnx").write_bytes(content_of(made))
    with pytest.raises(ModelError, match=r"a\.onnx: gives a `scale` that is not within 0\.2 to 5"):
        Embedder(tmp_path / "a.onnx", "cpu")


def test_a_network_for_other_embeddings_is_refused(tmp_path: Path) -> None:
    made = onnx.load(write_colour_model(tmp_path / "plain.onnx"))
    with pytest.raises(ModelError, match="of 12 numbers, and the model gives 3"):
        put_crowding(made, random_network(12))


def test_anatomy_tells_of_the_network(tmp_path: Path) -> None:
    source = write_colour_model(tmp_path / "c.onnx")
    before = onnx_anatomy(source)
    found = onnx_anatomy(crowded(source, tmp_path / "a.onnx", random_network(3)))
    assert [p.name for p in found.outputs] == ["embedding", "consistency", "scale"]
    learnt = 3 * 16 + 16 + 16 * 8 + 8 + 8 + 1
    assert learnt <= found.parameters - before.parameters <= learnt + 5
    assert found.multiply_adds - before.multiply_adds == 3 * 16 + 16 * 8 + 8
