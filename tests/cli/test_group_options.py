"""Every option of `facecluster group` does what its help says."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from facecluster import models
from facecluster.base.machine import cores
from tests.support.commands import Run

Report = Callable[..., dict[str, Any]]


def faces(report: dict[str, Any]) -> list[int]:
    return [person["face_count"] for person in report["people"]]


def jpeg(pixels: np.ndarray | Image.Image) -> bytes:
    file = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()


def test_defaults(report: Report, tmp_path: Path) -> None:
    found = report()
    assert faces(found) == [3, 3]
    assert found["summary"]["photos_by_status"]["no face"] == 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        ".facecluster",
        "faces.csv",
        "people",
        "report.html",
        "report.json",
    ]


def test_out(report: Report, run: Run, party: Path, tmp_path: Path) -> None:
    report("--out", tmp_path / "deep" / "there")
    assert (tmp_path / "deep" / "there" / "report.html").is_file()
    assert run("group", party).exit_code == 0
    assert (tmp_path / "party-people" / "report.html").is_file()


def test_index(
    report: Report, run: Run, party: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another folder holds the index; the output folder's own is used where none is named."""
    local = tmp_path / "local" / "indexes"
    first = report("--index", local)
    assert [path.name for path in local.iterdir()] == ["index.db"]
    assert not (tmp_path / "out" / ".facecluster" / "index.db").exists()
    before = (local / "index.db").stat().st_size
    assert report("--index", local)["people"] == first["people"]
    assert (local / "index.db").stat().st_size == before
    monkeypatch.setenv("FACECLUSTER_INDEX", str(local))
    refused = run("group", party, "--out", tmp_path / "other")
    assert refused.exit_code == 1
    assert "belongs to the results in" in refused.stderr
    assert "--index" in refused.stderr
    monkeypatch.delenv("FACECLUSTER_INDEX")
    (tmp_path / "out" / ".facecluster" / "index.db").write_bytes((local / "index.db").read_bytes())
    assert report()["people"] == first["people"]


def test_take_over(report: Report, run: Run, party: Path, tmp_path: Path) -> None:
    report()
    shutil.copytree(party, tmp_path / "others")
    command = ("group", tmp_path / "others", "--out", tmp_path / "out")
    refused = run(*command)
    assert refused.exit_code == 1
    assert "the results of another photo folder" in refused.stderr
    assert "--take-over" in refused.stderr
    assert run(*command, "--dry-run").exit_code == 1
    assert run(*command, "--take-over").exit_code == 0
    assert run(*command).exit_code == 0
    assert not (tmp_path / "out/kept").exists()  # the same bytes, so nothing is left over


@pytest.mark.parametrize("method", ["agglomerative", "hdbscan", "kmeans"])
def test_method(report: Report, method: str) -> None:
    found = report("--method", method)
    assert faces(found) == [3, 3]
    assert found["run"]["settings"]["cluster"]["method"] == method
    assert any("k-means:" in note for note in found["notes"]) == (method == "kmeans")


def test_distance(report: Report) -> None:
    assert faces(report("--distance", "0.000001")) == []
    assert faces(report("--distance", "1.9", "--allow-twice")) == [6]
    assert report("-m", "agglomerative", "-d", "0.08")["run"]["distance"] == 0.08
    wider, usual = (report(*given)["run"]["distance"] for given in (("-d", "0.08"), ()))
    assert wider > usual


@pytest.mark.parametrize("count", [1, 2, 3])
def test_people(report: Report, count: int) -> None:
    found = report(
        "--method", "kmeans", "--people", count, "--allow-twice", "--min-photos", 1
    )  # fmt: skip
    assert len(found["people"]) == count


def test_min_photos(report: Report) -> None:
    assert faces(report("--min-photos", 3)) == [3, 3]
    none = report("--min-photos", 4)
    assert none["people"] == []
    assert len(none["unsure"]) == 6


def test_min_face(report: Report) -> None:
    sizes = sorted(face["size"] for face in report()["faces"])
    between = int(sizes[2]) + 1
    found = report("--min-face", between)
    assert found["summary"]["faces_by_reason"]["too small"] == 3
    assert found["summary"]["faces"] == 6


def test_allow_twice(report: Report, party: Path, astronaut: np.ndarray) -> None:
    (party / "mirror.jpg").write_bytes(jpeg(np.hstack([astronaut, astronaut[:, ::-1]])))
    for found in (report(), report("--allow-twice")):  # seen by itself, and not asked for
        assert found["summary"]["faces_by_reason"]["twice"] == 0
        assert sorted(faces(found)) == [3, 5]


def test_seed(report: Report) -> None:
    runs = [report("--method", "kmeans", "--seed", seed) for seed in (7, 7, 8)]
    assert [run["run"]["settings"]["cluster"]["seed"] for run in runs] == [7, 7, 8]
    assert runs[0]["people"] == runs[1]["people"]


def test_detail(report: Report, party: Path, astronaut: np.ndarray) -> None:
    far = Image.new("RGB", (2400, 1800), (120, 130, 140))
    far.paste(Image.fromarray(astronaut).resize((128, 128), Image.Resampling.LANCZOS), (900, 700))
    (party / "far.jpg").write_bytes(jpeg(far))
    counts = []
    for detail in ("fast", "normal", "high"):
        found = report("--detail", detail)["photos"]
        counts.append(sum(len(p["faces"]) for p in found if p["path"] == "far.jpg"))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 1)


def test_model(report: Report) -> None:
    folder = Path(str(models.__file__)).parent
    found = report()["run"]["model"], report("--model", folder / "embedder.onnx")["run"]["model"]
    assert found[0]["id"] != found[1]["id"]


def test_device(report: Report) -> None:
    assert report("--device", "cpu")["run"]["settings"]["read"]["device"] == "cpu"


def test_include_and_exclude(report: Report) -> None:
    def paths(*options: str) -> list[str]:
        return [photo["path"] for photo in report(*options)["photos"]]

    assert paths("--include", "grace*", "--include", "sea*") == [
        "grace at night.jpg",
        "grace.jpg",
        "sea.jpg",
    ]
    assert paths("--include", "grace*", "--exclude", "*night*") == ["grace.jpg"]
    assert len(paths("--exclude", "sea.jpg")) == 5


@pytest.mark.skipif(os.name == "nt", reason="links need a right that Windows gives to few")
def test_link(report: Report, party: Path, tmp_path: Path) -> None:
    original = (party / "grace.jpg").stat()

    def placed(how: str) -> list[Path]:
        out = tmp_path / how
        assert report("--link", how, "--out", out)["run"]["link"] == how
        return sorted((out / "people").glob("*/grace.jpg"))

    assert placed("none") == []
    (copied,) = placed("copy")
    assert copied.stat().st_ino != original.st_ino
    assert copied.read_bytes() == (party / "grace.jpg").read_bytes()
    (hard,) = placed("hardlink")
    assert hard.stat().st_ino == original.st_ino
    (soft,) = placed("symlink")
    assert soft.is_symlink()
    assert soft.resolve() == (party / "grace.jpg").resolve()


def test_unsure(report: Report, tmp_path: Path) -> None:
    alone = ("--min-photos", 4)
    report(*alone)
    assert len(list((tmp_path / "out" / "unsure").iterdir())) == 5
    report(*alone, "--no-unsure")
    assert not (tmp_path / "out" / "unsure").exists()
    report(*alone, "--unsure")
    assert len(list((tmp_path / "out" / "unsure").iterdir())) == 5


def test_threads(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many photos are in work at once as there are threads; there are six photos."""
    plain, lock, working = os.open, threading.Lock(), [0]
    most: list[int] = []

    def slow(path: Any, *rest: Any, **more: Any) -> int:
        if not os.fspath(path).endswith(".jpg"):
            return plain(path, *rest, **more)
        with lock:
            working[0] += 1
            most[-1] = max(most[-1], working[0])
        time.sleep(0.2)
        with lock:
            working[0] -= 1
        return plain(path, *rest, **more)

    monkeypatch.setattr(os, "open", slow)
    for option in (("--threads", 3), ("--threads", 1), ("-j", 0)):
        most.append(0)
        report("--dry-run", *option)
    assert most == [3, 1, min(cores(), 6)]


def test_dry_run(report: Report, run: Run, party: Path, tmp_path: Path) -> None:
    assert faces(report("--dry-run")) == [3, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["party"]
    assert "Dry run: nothing was written." in run("group", party, "-n").stdout


def test_json(run: Run, party: Path, tmp_path: Path) -> None:
    result = run("group", party, "--json")
    assert json.loads(result.stdout)["format"] == "facecluster-report"
    assert result.stderr == ""
    assert result.stdout_bytes == (tmp_path / "party-people" / "report.json").read_bytes()


def test_json_fits_its_schema(report: Report, party: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from facecluster import report as package

    (schema,) = Path(str(package.__file__)).parent.glob("*schema*.json")
    rules = json.loads(schema.read_text(encoding="utf-8"))
    jsonschema.validate(report("--dry-run"), rules)
    jsonschema.validate(report("--method", "kmeans", "--link", "symlink"), rules)
    for photo in party.iterdir():
        photo.unlink()
    jsonschema.validate(report("--empty-ok"), rules)


def test_quiet(run: Run, party: Path) -> None:
    (party / "broken.jpg").write_bytes(b"no photo")
    result = run("group", party, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", "")
    result = run("group", party, "--quiet", "--out", party)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_verbose(run: Run, party: Path) -> None:
    (party / "broken.jpg").write_bytes(b"no photo")
    (party / "empty.jpg").write_bytes(b"")
    brief, full = run("group", party), run("group", party, "--verbose")
    assert full.stdout.splitlines()[-3].startswith("  broken.jpg: not a photo")
    assert full.stdout.splitlines()[-2] == "  empty.jpg: empty file"
    assert "read " in full.stdout.splitlines()[-1]
    assert "empty.jpg" not in brief.stdout
    assert "2 photos could not be read, such as broken.jpg: " in brief.stderr
    assert "--verbose" in brief.stderr
    assert "--verbose" not in full.stderr


def test_debug(run: Run, party: Path) -> None:
    plain, debug = (run("group", party, "--out", party, *more) for more in ([], ["--debug"]))
    assert plain.exit_code == debug.exit_code == 1
    assert len(plain.stderr.splitlines()) == 1
    assert "Traceback" not in plain.stderr
    assert debug.stderr.startswith("Traceback")
    assert debug.stderr.splitlines()[-1] == plain.stderr.splitlines()[0]


def test_reread(report: Report, run: Run, party: Path, tmp_path: Path) -> None:
    first = report()
    assert report("--reread", "**", "--reread", "sea.jpg")["people"] == first["people"]
    settings = tmp_path / "settings.toml"
    settings.write_text('reread = ["grace*"]')
    assert report("--config", settings)["run"]["settings"]["scan"]["reread"] == ["grace*"]
    result = run("group", party, "--out", tmp_path / "out", "--reread", "nobody.jpg")
    assert result.exit_code == 2
    assert f"Error: --reread nobody.jpg: no photo in {party} matches" in result.stderr
