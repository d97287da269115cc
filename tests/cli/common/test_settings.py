"""Options from the command line, the environment and facecluster.toml, and mistakes in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Run

Report = Callable[..., dict[str, Any]]


def min_photos(report: dict[str, Any]) -> int:
    number: int = report["run"]["settings"]["cluster"]["min_photos"]
    return number


def test_the_first_that_speaks_wins(report: Report, party: Path) -> None:
    variable = {"FACECLUSTER_MIN_PHOTOS": "4"}
    assert min_photos(report()) == 2
    (party / "facecluster.toml").write_text("min-photos = 3\n")
    assert min_photos(report()) == 3
    assert min_photos(report(env=variable)) == 4
    assert min_photos(report("--min-photos", 5, env=variable)) == 5
    # Also where the command line says what is the default anyway.
    assert min_photos(report("--min-photos", 2, env=variable)) == 2


def test_every_kind_of_setting_in_a_file(
    report: Report, run: Run, party: Path, tmp_path: Path
) -> None:
    file = party / "facecluster.toml"
    file.write_text(
        'method = "kmeans"\n'
        "people = 2\n"
        "distance = 0.5\n"
        "allow_twice = true\n"
        "unsure = false\n"
        'exclude = ["sea.jpg", "both.*"]\n'
        'link = "none"\n'
        'out = "../elsewhere"\n'
        "quiet = true\n"
    )
    result = run("group", party, "--config", file)
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "elsewhere" / "report.json").is_file()
    found = report("--config", file)
    settings = found["run"]["settings"]
    assert settings["cluster"] == {
        "method": "kmeans",
        "distance": 0.5,
        "people": 2,
        "min_photos": 2,
        "min_face": 20,
        "allow_twice": True,
        "seed": 0,
    }
    assert settings["output"]["unsure"] is False
    assert len(found["photos"]) == 4


def test_flags_in_the_environment(report: Report, run: Run, party: Path) -> None:
    flags = {"FACECLUSTER_DRY_RUN": "1", "FACECLUSTER_UNSURE": "0", "FACECLUSTER_ALLOW_TWICE": "1"}
    settings = report(env=flags)["run"]["settings"]
    assert settings["dry_run"] is True
    assert settings["output"]["unsure"] is False
    assert settings["cluster"]["allow_twice"] is True
    assert run("group", party, env={"FACECLUSTER_JSON": "1"}).stdout.startswith("{")


def test_a_settings_file_of_its_own(report: Report, party: Path, tmp_path: Path) -> None:
    (party / "facecluster.toml").write_text("min-photos = 3\n")
    (tmp_path / "other.toml").write_text('min-photos = 6\nexclude = ["sea.jpg"]\n')
    for where in (("--config", tmp_path / "other.toml"), ()):
        found = report(*where, env={"FACECLUSTER_CONFIG": str(tmp_path / "other.toml")})
        assert min_photos(found) == 6
        assert len(found["photos"]) == 5


def test_paths_in_a_file_are_meant_from_the_file(
    run: Run, party: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "my.toml").write_text('out = "here"\n')
    monkeypatch.chdir("/")
    assert run("group", party, "--config", tmp_path / "settings/my.toml").exit_code == 0
    assert (tmp_path / "settings" / "here" / "report.html").is_file()


def test_debug_in_a_file(run: Run, party: Path, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    wrong = ("group", party, "--out", party, "--config", file)
    file.write_text("debug = true\n")
    assert "Traceback" in run(*wrong).stderr
    file.write_text("debug = false\n")
    assert "Traceback" not in run(*wrong).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min_fotos = 3", "unknown setting 'min_fotos'; known are allow-twice, "),
        ("config = 'x.toml'", "unknown setting 'config'"),
        ("[cluster]\nmethod = 'kmeans'", "unknown setting 'cluster'"),
        ("min-photos = 0", "min-photos: 0 is not in the range x>=1"),
        ("min-photos = 2.5", "min-photos: '2.5' is not a valid integer range"),
        ("min-photos = 'many'", "min-photos: 'many' is not a valid integer range"),
        ("min-photos = true", "min-photos must be a single value"),
        ("min-photos = [2]", "min-photos must be a single value"),
        ("min-photos = 2024-01-01", "min-photos must be a single value"),
        ("seed = -1", "seed: -1 is not in the range"),
        ("distance = 'near'", "distance: 'near' is not a cosine distance; give a number such as"),
        ("distance = nan", "give a number between 0 and 2"),
        ("method = 'magic'", "method: 'magic' is not one of 'auto'"),
        ("method = 3", "method: '3' is not one of"),
        ("allow-twice = 1", "allow-twice must be true or false"),
        ("allow-twice = 'no'", "allow-twice must be true or false"),
        ("exclude = '*.png'", 'exclude must be a list of texts, such as ["*.jpg"]'),
        ("exclude = [1]", "exclude must be a list of texts"),
        ("model = 3", "3' does not exist"),
        ("model = 'gone.onnx'", "gone.onnx' does not exist"),
        ("out = 'facecluster.toml'", "facecluster.toml' is a file"),
        ("out = ''", "out: it is empty; give a name"),
        ("out = ' '", "out: it is empty; give a name"),
        ("out = '" + "x" * 300 + "'", "of 300 letters is too long; give a shorter one"),
        ("out = {}", "out must be a single value"),
        ("people = 3", "--people needs --method kmeans"),
        ("method = ", "not valid TOML (Invalid value"),
        ("min-photos = 1\nmin-photos = 2", "not valid TOML"),
        ("min-photos = 1\nmin_photos = 2", "given twice"),
        (b"\xff\xfe\x00", "not valid TOML (it is not text in UTF-8; save it as UTF-8)"),
        (b"min-photos = 3 # \xe9", "not valid TOML (it is not text in UTF-8"),
        ("min-photos = 3".encode("utf-16-le"), "not valid TOML (it is not text in UTF-8"),
        ("exclude = " + "[" * 20_000, "not valid TOML (lists in lists without end)"),
        ("seed = " + "9" * 5_000, "not valid TOML (Exceeds the limit"),
        ("seed = 0x" + "f" * 50_000, "seed: this number is too long"),
        ("seed = 1 # " + "x" * 65_536, "larger than 64 KB, so not a settings file"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(
    run: Run, party: Path, text: str | bytes, message: str
) -> None:
    file = party / "facecluster.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    result = run("group", party, "--config", file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    if not message.startswith(("--", "give a")):
        assert str(file) in result.stderr


def test_a_settings_file_that_is_not_there(run: Run, party: Path, tmp_path: Path) -> None:
    result = run("group", party, "--config", tmp_path / "gone.toml")
    assert result.exit_code == 2
    assert "gone.toml' does not exist" in result.stderr
    result = run("group", party, "--config", tmp_path)
    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_a_mistake_in_the_environment_names_the_option(run: Run, party: Path) -> None:
    result = run("group", party, env={"FACECLUSTER_MIN_PHOTOS": "few"})
    assert result.exit_code == 2
    assert "--min-photos" in result.stderr


def test_a_tilde_is_the_home_folder(
    run: Run, party: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    # As a shell hands it on inside quotes, or after an equals sign.
    assert run("group", "~/party", "--out=~/results").exit_code == 0
    assert (tmp_path / "results" / "report.html").is_file()
    assert run("group", "~/party", env={"FACECLUSTER_OUT": "~/more"}).exit_code == 0
    assert (tmp_path / "more" / "report.html").is_file()
    (party / "facecluster.toml").write_text('out = "~/third"\n')
    assert run("group", "~/party", "--config", "~/party/facecluster.toml").exit_code == 0
    assert (tmp_path / "third" / "report.html").is_file()
    result = run("group", "~nobody-of-this-name/party")
    assert result.exit_code == 2
    assert "~nobody-of-this-name/party: there is no such folder" in result.stderr


def test_a_folder_whose_name_begins_with_a_tilde(
    run: Run, party: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party.rename(party.with_name("~old"))
    monkeypatch.chdir(party.parent)
    assert run("group", "~old").exit_code == 0
    assert os.path.isfile("~old-people/report.html")
