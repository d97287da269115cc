"""facecluster export, and what the other commands make of its files."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.support.commands import Run

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from facecluster.cluster.false_accept_curve import FalseAcceptCurve  # noqa: E402
from facecluster.cluster.methods.auto import Auto  # noqa: E402
from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.train.model.checkpoint import save  # noqa: E402
from facecluster.train.onnx.exporter import export_onnx  # noqa: E402
from facecluster.train.onnx.run_exports import read_exports  # noqa: E402
from facecluster.train.run.folders import point_latest  # noqa: E402
from tests.support.small_networks import MIRRORED, small_checkpoint  # noqa: E402
from tests.support.traced import export_as  # noqa: E402


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """What the exporter makes of the checkpoint that these tests use."""
    torch.set_num_threads(1)
    made = export_onnx(small_checkpoint(), tmp_path_factory.mktemp("once") / "model.onnx")
    return onnx.load(made.path)


@pytest.fixture
def newest(tmp_path: Path, traced, monkeypatch) -> Path:
    """The newest run of the folder that the command is called in; tracing is done already."""
    run = tmp_path / "runs" / "digits"
    run.mkdir(parents=True)
    save(run / "best.pt", small_checkpoint(aligned=True))
    point_latest(run)
    monkeypatch.chdir(tmp_path)
    export_as(monkeypatch, traced)
    return run


def test_without_a_word_it_exports_the_newest_run(run: Run, newest: Path) -> None:
    result = run("export")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].startswith(
        "runs/digits/model.onnx: 0.5 MB, tiny-16, crops of 16 px, 16 numbers"
    )
    assert lines[1].startswith("Against PyTorch: largest difference ")
    assert lines[1].endswith("lowest cosine 1.000000, batches of 1, 7, 64.")
    assert lines[2] == "Distance 0.1250, measured on some pictures, with mirror view."
    embedder = Embedder(newest / "model.onnx", "cpu")
    assert embedder.spec.distance == MIRRORED.distance
    (entry,) = read_exports(newest)
    assert entry.path == str((newest / "model.onnx").resolve())
    assert entry.sha256[:16] == embedder.model_id
    assert (entry.mirror, entry.int8) == (True, False)


def test_verbose_tells_where_it_comes_from_and_what_it_took(run: Run, newest: Path) -> None:
    lines = run("export", "--verbose").stdout.splitlines()
    (entry,) = read_exports(newest)
    assert lines[3] == f"SHA-256 {entry.sha256}"
    assert lines[5] == "Trained on: made for a test, 2 classes."
    assert re.fullmatch(r"tracing \d+\.\d s, comparing with PyTorch \d+\.\d s", lines[6])


def test_the_model_groups_photos(run: Run, newest: Path, party: Path) -> None:
    assert run("export", "faces.onnx", "--model-name", "our faces").exit_code == 0
    result = run("group", party, "--model", "faces.onnx", "--link", "none", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["run"]["model"]["name"] == "our faces"
    # The reach of single faces, which the model's table of false accepts alone decides here.
    known = FalseAcceptCurve(MIRRORED.far_table, MIRRORED.distance)
    assert report["run"]["distance"] == pytest.approx(Auto(known).reach_, abs=1e-5)
    assert report["summary"]["faces"] == 6


def test_json_tells_everything(run: Run, newest: Path, monkeypatch) -> None:
    export_as(monkeypatch, None)
    result = run("export", "m.onnx", "--json", "--no-mirror", "--licence", "CC0-1.0")
    told = json.loads(result.stdout)
    assert (told["model"], told["mirror"], told["int8"]) == ("m.onnx", False, None)
    assert Path(told["checkpoint"]).name == "best.pt"
    assert told["parity"]["batches"] == [1, 7, 64]
    assert told["spec"]["licence"] == "CC0-1.0"
    assert "not measured without mirror view" in told["notes"][0]
    quiet = run("export", "m.onnx", "--quiet", "--no-mirror")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_int8_lies_beside_float32(run: Run, newest: Path) -> None:
    assert run("export").exit_code == 0
    result = run("export", "--int8")
    assert result.exit_code == 0, result.stderr
    assert "int8 against float32: cosine 0.99" in result.stdout
    assert "unseen" in result.stdout
    assert [entry.int8 for entry in read_exports(newest)] == [False, True]
    sizes = [(newest / name).stat().st_size for name in ("model.onnx", "model-int8.onnx")]
    assert sizes[1] < 0.4 * sizes[0]


def test_a_file_of_somebody_else_is_kept(run: Run, newest: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    result = run("export", letter)
    assert result.exit_code == 1
    assert "exists and is not a model of facecluster" in result.stderr
    assert letter.read_text() == "Dear Sir or Madam"
    for more in (["--force"], []):  # the second time it is a model of ours
        assert run("export", letter, *more).exit_code == 0


def test_a_failed_proof_ends_in_1_and_leaves_nothing(
    run: Run, newest: Path, traced, monkeypatch
) -> None:
    made = onnx.ModelProto.FromString(traced.SerializeToString())
    kernel = max(made.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    kernel.raw_data = bytes(len(kernel.raw_data))
    export_as(monkeypatch, made)
    result = run("export")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: the ONNX model differs from PyTorch by ")
    assert result.stderr.count("\n") == 1
    assert [path.name for path in newest.iterdir()] == ["best.pt"]


def test_a_checkpoint_outside_of_a_run_leaves_no_list(run: Run, newest: Path, tmp_path: Path):
    copy = tmp_path / "sent by mail.pt"
    copy.write_bytes((newest / "best.pt").read_bytes())
    assert run("export", "--checkpoint", copy).exit_code == 0
    assert (tmp_path / "model.onnx").is_file()
    assert not (tmp_path / "exports.json").exists()


def test_a_run_that_takes_no_list_is_a_note(run: Run, newest: Path, tmp_path: Path) -> None:
    (newest / "exports.json").mkdir()
    result = run("export", tmp_path / "m.onnx")
    assert result.exit_code == 0
    assert "Note: the run does not know of this export (Cannot write " in result.stderr
    assert (tmp_path / "m.onnx").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--runs", "elsewhere"], 1, "elsewhere/latest: no training run here"),
        (["--checkpoint", "nothing.pt"], 2, "'nothing.pt' does not exist"),
        (["--checkpoint", "text.pt"], 1, "text.pt: not a checkpoint"),
        (["--calibration", "."], 2, "--calibration: says which pictures --int8 uses; add --int8"),
        (["--opset", "9"], 2, "9 is not in the range 18<=x<=23"),
        (["--model-name", " "], 2, "--model-name: give a text"),
        (["."], 1, "is a folder; name a file"),
        (["--int8", "--calibration", "empty"], 1, "0 pictures with a face, at least 32"),
    ],
)
def test_what_a_user_can_mend(
    run: Run, newest: Path, tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    (tmp_path / "text.pt").write_text("no checkpoint")
    (tmp_path / "empty").mkdir()
    result = run("export", *arguments)
    assert result.exit_code == code
    assert sentence in result.stderr.splitlines()[-1]
    assert not (newest / "model.onnx").exists()


@pytest.mark.parametrize("package", ["torch", "onnx", "onnxscript"])
def test_missing_packages_are_named(run: Run, newest: Path, monkeypatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = run("export")
    assert result.exit_code == 1
    name = "PyTorch" if package == "torch" else package
    assert result.stderr == f"Error: this needs {name}: pip install 'facecluster[train]'\n"
