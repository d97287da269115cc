"""What an embedder says of crops that are unlike what it was made for, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.distances import lengths, units
from facecluster.embed import shipped
from facecluster.embed.embedder import DOUBTS, Embedder
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from tests.support.colour_model import write_colour_model
from tests.support.crowding import random_network
from tests.support.familiarity import noise, random_familiarity

onnx = pytest.importorskip("onnx")

from facecluster.embed.crowding_graph import put_crowding, take_crowding  # noqa: E402
from facecluster.embed.familiarity import (  # noqa: E402
    CHANNELS,
    FAMILIARITY,
    FamiliarityModel,
    load_familiarity,
    put_familiarity,
    save_familiarity,
    take_familiarity,
    with_means,
)
from facecluster.embed.onnx_graph import content_of, set_spec  # noqa: E402
from facecluster.runtime import session  # noqa: E402

MODELS = Path(shipped.__file__).parents[1] / "models"


@pytest.fixture(params=[shipped.FLOAT32, shipped.INT8])
def plain(request: pytest.FixtureRequest):
    """A shipped embedder that tells nothing of a crop but its embedding and consistency."""
    made = onnx.load(MODELS / request.param)
    take_familiarity(made)
    take_crowding(made)
    spec = ModelSpec.from_metadata({p.key: p.value for p in made.metadata_props})
    set_spec(made, replace(spec, crowding=None))
    return made


def opened(made, path: Path) -> Embedder:
    onnx.checker.check_model(made, full_check=True)
    path.write_bytes(content_of(made))
    return Embedder(path, "cpu")


def told(made, crops: np.ndarray) -> np.ndarray:
    return session(content_of(made), "cpu").run([FAMILIARITY], {"crops": crops})[0]


def test_the_graph_says_what_numpy_says_and_embeds_as_before(plain, tmp_path: Path) -> None:
    before, _ = opened(plain, tmp_path / "plain.onnx").embed(noise(6))
    model = random_familiarity()
    means = session(content_of(with_means(plain, "m")), "cpu").run(["m"], {"crops": noise(6)})[0]
    assert means.shape == (6, CHANNELS)
    put_familiarity(plain, model)
    found = told(plain, noise(6))
    np.testing.assert_allclose(found, model.familiarity(means), atol=1e-5)
    assert len(set(found.tolist())) > 3  # strange crops each their own
    after, _ = opened(plain, tmp_path / "told.onnx").embed(noise(6))
    np.testing.assert_array_equal(units(after), units(before))


def test_strange_crops_lose_consistency_below_the_doubted_familiarity(plain, tmp_path) -> None:
    _, before = opened(plain, tmp_path / "plain.onnx").embed(noise(8))
    put_familiarity(plain, random_familiarity())
    found = told(plain, noise(8))
    assert found.min() < DOUBTS.doubted < found.max()
    _, after = opened(plain, tmp_path / "told.onnx").embed(noise(8))
    np.testing.assert_allclose(after, before * np.minimum(found / DOUBTS.doubted, 1), rtol=1e-5)


def test_distances_of_strange_crops_grow_where_the_model_tells_scales(plain, tmp_path) -> None:
    network = random_network(128)
    put_crowding(plain, network)
    spec = ModelSpec.from_metadata({p.key: p.value for p in plain.metadata_props})
    set_spec(plain, replace(spec, crowding=network.crowding))
    before, _ = opened(plain, tmp_path / "plain.onnx").embed(noise(8))
    put_familiarity(plain, random_familiarity())
    after, _ = opened(plain, tmp_path / "told.onnx").embed(noise(8))
    np.testing.assert_allclose(
        lengths(after),
        lengths(before) / np.minimum(told(plain, noise(8)) / DOUBTS.doubted, 1),
        rtol=5e-3,
    )


def test_it_comes_out_as_it_went_in_whichever_came_first(plain) -> None:
    bare, network, model = content_of(plain), random_network(128), random_familiarity()
    put_familiarity(plain, model)
    put_crowding(plain, network)
    first = content_of(plain)
    take_crowding(plain)
    take_familiarity(plain)
    assert content_of(plain) == bare
    put_crowding(plain, network)
    put_familiarity(plain, model)
    put_familiarity(plain, model)
    assert content_of(plain) == first


def test_another_network_is_refused(tmp_path: Path) -> None:
    other = onnx.load(write_colour_model(tmp_path / "colour.onnx"))
    with pytest.raises(ModelError, match="familiarity: the graph has no layer"):
        put_familiarity(other, random_familiarity())


def test_a_model_of_other_activations_is_refused(plain) -> None:
    few = np.ones(3, np.float32)
    with pytest.raises(ModelError, match="fitted to 3 activations"):
        put_familiarity(plain, FamiliarityModel(few, few, few, 0.0, 6.0, -0.8))


def test_what_is_no_familiarity_is_said(plain, tmp_path: Path) -> None:
    put_familiarity(plain, random_familiarity())
    for node in plain.graph.node:
        if FAMILIARITY in node.output:
            node.op_type = "Neg"  # of a logarithm below 0: above 0, and far above 1
    with pytest.raises(ModelError, match="familiarity that is not within 0 to 1"):
        opened(plain, tmp_path / "wrong.onnx").embed(noise(64) * 0)


def test_kept_numbers_come_back(tmp_path: Path) -> None:
    model, path = random_familiarity(), tmp_path / "kept.npz"
    save_familiarity(model, path)
    again = load_familiarity(path)
    means = np.random.default_rng(0).random((5, CHANNELS), np.float32)
    np.testing.assert_array_equal(again.familiarity(means), model.familiarity(means))
    first = path.read_bytes()
    save_familiarity(again, path)
    assert path.read_bytes() == first


def test_other_files_are_named(tmp_path: Path) -> None:
    for content in (b"", b"no archive", b"PK\x05\x06" + bytes(18)):
        (tmp_path / "kept.npz").write_bytes(content)
        with pytest.raises(ModelError, match=r"kept\.npz: not the kept weights"):
            load_familiarity(tmp_path / "kept.npz")
    with pytest.raises(ModelError, match=r"gone\.npz: cannot be read"):
        load_familiarity(tmp_path / "gone.npz")


@pytest.mark.parametrize(
    "wrong", [{"spread": np.zeros(2)}, {"weights": np.ones(3)}, {"bias": np.nan}, {"least": 0.1}]
)
def test_numbers_that_cannot_be_are_refused(wrong: dict) -> None:
    two = np.ones(2, np.float32)
    good = {"usual": two, "spread": two, "weights": two, "bias": 0.0, "farthest": 6, "least": -1}
    FamiliarityModel(**good)
    with pytest.raises(ModelError, match=r"^familiarity: "):
        FamiliarityModel(**{**good, **wrong})


def test_familiarity_by_hand() -> None:
    one = np.ones(1, np.float32)
    model = FamiliarityModel(one * 2, one * 2, one * -0.1, 0.0, 3.0, -0.25)
    # One spread above what is usual; far below it; two and a half above; cut off at three.
    means = np.array([[4], [-90], [7], [90]], np.float32)
    assert model.familiarity(means) == pytest.approx(np.exp([-0.1, 0, -0.25, -0.25]))
