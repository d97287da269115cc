"""facecluster model show and adopt, as a user meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from facecluster.embed import shipped
from facecluster.embed.embedder import Embedder
from facecluster.embed.spec import Crowding
from tests.support.colour_model import write_colour_model
from tests.support.commands import Run
from tests.support.crowding import crowded, random_network
from tests.support.foreign_graphs import DIMENSION, Weights, write_foreign

pytest.importorskip("onnx")
torch = pytest.importorskip("torch")

from facecluster.train.model.checkpoint import save  # noqa: E402
from tests.support.small_networks import small_checkpoint  # noqa: E402

MODELS = Path(shipped.__file__).parents[1] / "models"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    write_foreign(tmp_path / "arc.onnx", batch=1)
    return tmp_path / "arc.onnx"


def lines(text: str) -> dict[str, str]:
    """The first word or two of each line, and the rest of the last such line."""
    rows = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {title: rest.strip() for title, rest in rows}


def test_show_the_shipped_model(run: Run) -> None:
    result = run("model", "show")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    shown = lines(result.stdout)
    assert shown["File"].endswith("embedder-int8.onnx, ONNX, 5.9 MB")
    assert shown["Input"] == "crops uint8 [N, 150, 150, 3]"
    assert shown["Parameters"] == "5,619,009"
    assert shown["Multiply-adds"] == "541.7 million, for a crop and its mirror image"
    assert shown["Crops"] == "aligned faces, 150 px, RGB"
    assert shown["Distance"] == "0.061 for grouping"
    assert shown["False accepts"] == "1e-06 below 0.0446"
    assert result.stdout.count("False accepts") == 6
    assert shown["Licence"].startswith("CC0-1.0")
    assert "Conv                   29   5,574,720    541,642,752" in result.stdout


def test_show_how_the_scale_of_faces_was_fitted(run: Run, tmp_path: Path) -> None:
    path = crowded(write_colour_model(tmp_path / "c.onnx"), tmp_path / "a.onnx", random_network(3))
    shown = lines(run("model", "show", path).stdout)
    assert shown["Output"].endswith("scale float [N]")
    assert shown["Scale of faces"] == (
        "exponent 0.75 of the mean distance to 50 strangers (typical 0.1000), faces of a test"
    )
    told = json.loads(run("model", "show", path, "--json").stdout)["spec"]["crowding"]
    assert Crowding(**told) == random_network(3).crowding


def test_show_every_layer(run: Run) -> None:
    plain = run("model", "show", MODELS / shipped.FLOAT32).stdout
    long = run("model", "show", MODELS / shipped.FLOAT32, "--layers").stdout
    assert "2 x 32 x 72 x 72" in long
    assert len(long.splitlines()) > len(plain.splitlines()) + 60


def test_show_as_json(run: Run) -> None:
    shown = json.loads(run("model", "show", MODELS / shipped.FLOAT32, "--json").stdout)
    assert (shown["format"], shown["version"], shown["kind"]) == ("facecluster-model", 1, "ONNX")
    assert shown["parameters"] == sum(layer["parameters"] for layer in shown["layers"])
    assert shown["spec"]["dimension"] == 128
    assert shown["training"] is None


def test_show_a_checkpoint(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "best.pt", small_checkpoint())
    result = run("model", "show", tmp_path / "best.pt")
    assert result.exit_code == 0, result.stderr
    shown = lines(result.stdout)
    assert ", checkpoint, " in shown["File"]
    assert shown["Input"] == "pixels uint8 [N, 3, 16, 16]"
    assert "with its normalisations folded in" in shown["Parameters"]
    assert shown["Crops"] == "whole pictures, 16 px, RGB"
    assert shown["Training"] == "0 epochs on 2 classes"
    known = json.loads(run("model", "show", tmp_path / "best.pt", "--json").stdout)
    assert known["kind"] == "checkpoint"
    assert known["training"]["backbone"] == "tiny"


def test_show_what_carries_no_spec(run: Run, foreign: Path) -> None:
    result = run("model", "show", foreign)
    assert result.exit_code == 0
    assert "Parameters" in result.stdout
    assert "Note: it carries no spec of facecluster." in result.stderr
    assert "facecluster model adopt" in result.stderr


def test_show_without_onnx(run: Run, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    result = run("model", "show")
    assert result.exit_code == 0
    assert "Parameters" not in result.stdout
    assert "False accepts" in result.stdout
    assert "pip install 'facecluster[train]'" in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"hello", "not an ONNX model"), (b"PK\x03\x04 hello", "not a checkpoint")],
)
def test_show_what_is_no_model(run: Run, tmp_path: Path, content, message) -> None:
    (tmp_path / "file").write_bytes(content)
    result = run("model", "show", tmp_path / "file")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {tmp_path / 'file'}: {message}")
    assert len(result.stderr.splitlines()) == 1


def test_hostile_names_stay_harmless(run: Run, tmp_path: Path) -> None:
    import onnx

    write_foreign(tmp_path / "a.onnx")
    made = onnx.load(tmp_path / "a.onnx")
    made.graph.node[0].name = "\x1b[31m[bold]conv\n"
    onnx.save(made, tmp_path / "a.onnx")
    shown = run("model", "show", tmp_path / "a.onnx", "--layers").stdout
    assert "?[31m[bold]conv?" in shown
    assert "\x1b" not in shown


def test_adopted_model_groups_photos(run: Run, foreign: Path, party: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.onnx"
    result = run("model", "adopt", foreign, "-o", out, "--licence", "MIT")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"{out}: 0.1 MB, arc, crops of 112 px, {DIMENSION} numbers")
    assert "its distances are not measured: 0.5 is a guess" in result.stderr
    assert "facecluster evaluate --recalibrate" in result.stderr
    spec = Embedder(out, "cpu").spec
    assert (spec.licence, spec.measured_on, spec.far_table) == ("MIT", "not measured", ())
    assert spec.template[0] == (38.2946, 51.6963)
    grouped = run("group", party, "--model", out, "--out", tmp_path / "people", "--json")
    assert grouped.exit_code == 0, grouped.stderr
    report = json.loads(grouped.stdout)
    assert report["summary"]["faces"] == 6
    assert run("model", "show", out).exit_code == 0


def test_adopt_with_every_option(run: Run, tmp_path: Path) -> None:
    weights = write_foreign(tmp_path / "a.onnx", Weights(56), open_size=True, extra=True)
    points = "1,2 3,4 5,6 7,8 9,10"
    result = run(
        "model", "adopt", tmp_path / "a.onnx", "--out", tmp_path / "b.onnx", "--crop-size", 56,
        "--template", points, "--align", "none", "--mean", "100,110,120", "--std", "128", "--bgr",
        "--no-mirror", "--distance", 0.4, "--far", "0.001=0.3", "--far", "0.01=0.45",
        "--input", "data", "--output", "fc1", "--model-name", "mine", "--training-data", "icons",
        "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["spec"]["far_table"] == [[0.01, 0.45], [0.001, 0.3]]
    assert said["spec"]["measured_on"].startswith("stated when the model was adopted")
    embedder = Embedder(tmp_path / "b.onnx", "cpu")
    spec = embedder.spec
    assert (spec.name, spec.align, spec.distance) == ("mine", "none", 0.4)
    assert spec.template == ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))
    assert said["sha256"].startswith(embedder.model_id)
    crops = np.random.default_rng(1).integers(0, 256, (2, 56, 56, 3), np.uint8)
    values = (crops[..., ::-1].astype(np.float64) - [120, 110, 100]) / 128
    wanted = weights.by_hand(values.transpose(0, 3, 1, 2).astype(np.float32))
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    embeddings, consistency = embedder.embed(crops)
    np.testing.assert_allclose(embeddings, wanted, atol=1e-4)
    np.testing.assert_allclose(consistency, 1)


def test_templates_follow_the_crop_size(run: Run, tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx", Weights(56))
    for name in ("arcface", "shipped"):
        out = tmp_path / f"{name}.onnx"
        assert (
            run("model", "adopt", tmp_path / "a.onnx", "-o", out, "--template", name).exit_code == 0
        )
    arcface = Embedder(tmp_path / "arcface.onnx", "cpu").spec.template
    np.testing.assert_allclose(arcface[2], (56.0252 / 2, 71.7366 / 2))
    ours = Embedder(tmp_path / "shipped.onnx", "cpu").spec.template
    shipped_points = np.array(Embedder(None, "cpu").spec.template) * 56 / 150
    np.testing.assert_allclose(ours, shipped_points, atol=0.01)


def test_failed_adoption_leaves_nothing(run: Run, tmp_path: Path) -> None:
    write_foreign(tmp_path / "stuck.onnx", batch=1, stuck=True)
    result = run("model", "adopt", tmp_path / "stuck.onnx", "-o", tmp_path / "out.onnx")
    assert result.exit_code == 1
    assert "cannot be run on several crops at once" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["stuck.onnx"]


def test_what_must_not_be_overwritten(run: Run, foreign: Path, tmp_path: Path) -> None:
    result = run("model", "adopt", foreign, "-o", foreign)
    assert (result.exit_code, "is the model itself" in result.stderr) == (1, True)
    (tmp_path / "notes.txt").write_text("mine")
    result = run("model", "adopt", foreign, "-o", tmp_path / "notes.txt")
    assert (result.exit_code, "--force" in result.stderr) == (1, True)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert run("model", "adopt", foreign, "-o", tmp_path / "notes.txt", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mean", "1,2"], "'1,2': give one number or three for R,G,B"),
        (["--std", "0"], "'0': give one number above 0, or three for R,G,B"),
        (["--std", "nan"], "'nan': give one number above 0"),
        (["--template", "1,2,3"], "give arcface, shipped, or x,y of five points"),
        (["--far", "0.1"], "'0.1': give a false-accept rate and the distance"),
        (["--far", "2=0.1"], "'2=0.1': give a false-accept rate"),
        (["--far", "0.1=0.2", "--far", "0.01=0.3"], "--far: a lower rate needs a lower distance"),
        (["--far", "0.1=0.2", "--far", "0.1=0.1"], "each rate comes once"),
        (["--licence", " "], "--licence: give a text"),
        (["--crop-size", "96"], "--crop-size 96: "),
        (["--output", "other"], "--output other: "),
    ],
)
def test_wrong_options(run: Run, foreign: Path, tmp_path: Path, arguments, message) -> None:
    result = run("model", "adopt", foreign, "-o", tmp_path / "out.onnx", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "out.onnx").exists()


def test_missing_package_is_named(run: Run, foreign: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    result = run("model", "adopt", foreign, "-o", tmp_path / "out.onnx")
    assert result.exit_code == 1
    assert "pip install 'facecluster[train]'" in result.stderr
