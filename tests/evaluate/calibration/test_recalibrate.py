"""New distances in a model's file, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from facecluster.base.machine import peak_megabytes
from facecluster.embed.embedder import Embedder
from facecluster.embed.shipped import shipped_model
from facecluster.errors import FaceclusterError, ModelError, OutputError
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.recalibrate import (
    changes,
    check_target,
    measured_again,
    write_spec,
)
from tests.support.colour_model import SPEC
from tests.support.crowding import random_network


def some(rng: np.random.Generator, each: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Unit embeddings of four well separated classes."""
    labels = np.repeat(np.arange(4), each)
    rows = np.eye(4)[labels] + 0.1 * rng.normal(size=(4 * each, 4))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


def test_what_is_measured(rng: np.random.Generator) -> None:
    embeddings, labels = some(rng)
    spec = measured_again(SPEC, embeddings, labels, "80 pictures")
    assert spec.far_table == far_table(embeddings, labels)
    # Between the spread inside a class (about 0.03) and the distance of classes (about 1).
    assert 0.02 < spec.distance < 0.9
    assert "all 2,400 pairs of different classes among 80 pictures" in spec.measured_on
    assert replace(
        spec, far_table=SPEC.far_table, distance=SPEC.distance, measured_on=SPEC.measured_on
    ) == SPEC  # fmt: skip


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 2, 3], []])
def test_too_few_classes(labels: list[int], rng: np.random.Generator) -> None:
    embeddings = some(rng, 1)[0][: len(labels)]
    with pytest.raises(FaceclusterError, match="at least two classes"):
        measured_again(SPEC, embeddings, np.array(labels, np.int64), "a few")


def test_only_the_spec_of_the_file_changes(tmp_path: Path, colour_model: Path) -> None:
    new = replace(SPEC, distance=0.123, far_table=((0.1, 0.2),), measured_on="here")
    target = tmp_path / "folder" / "new.onnx"
    before = colour_model.read_bytes()
    write_spec(colour_model, target, new)
    assert colour_model.read_bytes() == before
    assert Embedder(target).spec == new
    old, made = onnx.load(colour_model), onnx.load(target)
    assert old.graph == made.graph
    assert {p.key: p.value for p in made.metadata_props}["note"] == "kept"
    crops = np.full((1, 8, 8, 3), (200, 90, 80), np.uint8)
    np.testing.assert_array_equal(
        Embedder(colour_model).embed(crops)[0], Embedder(target).embed(crops)[0]
    )


def test_a_network_is_put_behind_the_graph(tmp_path: Path, colour_model: Path) -> None:
    network, target = random_network(3), tmp_path / "new.onnx"
    write_spec(colour_model, target, replace(SPEC, crowding=network.crowding), network)
    crops = np.full((1, 8, 8, 3), (200, 90, 80), np.uint8)
    plain, found = Embedder(colour_model).embed(crops)[0], Embedder(target).embed(crops)[0]
    np.testing.assert_allclose(found, network.scaled(plain), atol=1e-5)
    made = onnx.load(target)
    assert {p.key: p.value for p in made.metadata_props}["note"] == "kept"
    write_spec(target, target, replace(SPEC, crowding=network.crowding, distance=0.3))
    assert onnx.load(target).graph == made.graph


def test_a_network_for_another_model_is_refused_by_name(tmp_path: Path, colour_model: Path) -> None:
    network = random_network(7)
    spec = replace(SPEC, crowding=network.crowding)
    with pytest.raises(ModelError, match=r"colour\.onnx: crowding: fitted to embeddings of 7"):
        write_spec(colour_model, tmp_path / "new.onnx", spec, network)
    assert not (tmp_path / "new.onnx").exists()


def test_in_place_and_leaving_nothing_behind(tmp_path: Path, colour_model: Path) -> None:
    write_spec(colour_model, colour_model, replace(SPEC, distance=0.2))
    assert Embedder(colour_model).spec.distance == 0.2
    assert [file.name for file in tmp_path.iterdir()] == ["colour.onnx"]


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"\xff" * 40)
    with pytest.raises(ModelError, match=r"x\.onnx: not an ONNX model"):
        write_spec(tmp_path / "x.onnx", tmp_path / "y.onnx", SPEC)
    with pytest.raises(ModelError, match=r"gone\.onnx: cannot be read"):
        write_spec(tmp_path / "gone.onnx", tmp_path / "y.onnx", SPEC)
    assert not (tmp_path / "y.onnx").exists()


def test_shipped_models_are_not_changed(tmp_path: Path) -> None:
    model = shipped_model("cpu")
    with pytest.raises(OutputError, match=r"came with facecluster .*`save`"):
        check_target(model, model)
    (tmp_path / "link.onnx").symlink_to(model)
    with pytest.raises(OutputError, match="came with facecluster"):
        check_target(model, tmp_path / "link.onnx")
    check_target(model, tmp_path / "copy.onnx")
    with pytest.raises(OutputError, match="is a folder"):
        check_target(model, tmp_path)


def test_rows_of_old_and_new() -> None:
    new = replace(SPEC, distance=0.5, far_table=((0.01, 0.2), (0.001, 0.1)))
    assert changes(SPEC, new) == [
        ("grouping", 0.4, 0.5),
        ("false-accept rate 1e-01", 0.5, None),
        ("false-accept rate 1e-02", 0.3, 0.2),
        ("false-accept rate 1e-03", None, 0.1),
    ]


def test_memory_only_grows() -> None:
    before = peak_megabytes()
    assert before is not None
    taken = np.ones(300 << 17)  # 300 MB of float64, every page touched
    after = peak_megabytes()
    assert after is not None
    assert taken[0] == 1
    assert before <= after
    assert after > 300
