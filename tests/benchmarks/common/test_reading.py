"""Faces of labelled folders: as the command reads them, and read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.grouping import Task, by_first, ours
from benchmarks.common.reading import Source, lone_photos, photos_by_person, stem
from facecluster.config import METHODS, ClusterConfig, OutputConfig, ScanConfig, Settings
from facecluster.group import group
from facecluster.records import Picture


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, astronaut, hopper) -> Path:
    """Two people, a photo of the sea, and a photo that belongs to nobody."""
    folder = tmp_path_factory.mktemp("people")
    sea = np.full((60, 80, 3), (40, 90, 140), np.uint8)
    photos = {"eileen/a": astronaut, "eileen/b": astronaut[:, ::-1], "grace/a": hopper}
    for name, pixels in (photos | {"grace/sea": sea, "loose": hopper[::2, ::2]}).items():
        path = folder / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.ascontiguousarray(pixels)).save(path)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "cache", threads=1)


def test_faces_are_those_of_the_command(people: Path, source: Source, tmp_path: Path) -> None:
    album = source.album(people)
    assert album.sizes == photos_by_person(people) == {"eileen": 2, "grace": 2}
    report = group(people, Settings(output=OutputConfig(tmp_path / "out", link="none")))
    inside = [face for face in report.faces if "/" in face.photo]
    assert [album.names[row] for row in album.faces.photo] == [
        face.photo.split("/")[0] for face in inside
    ]
    np.testing.assert_allclose(album.faces.boxes, [f.box for f in inside], atol=0.06)
    assert source.told["name"] == report.run.model.name
    assert source.model.id.endswith(report.run.model.id)


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_those_of_the_command(
    method: str, people: Path, source: Source, tmp_path: Path
) -> None:
    out = OutputConfig(tmp_path / "out", link="none")
    settings = Settings(
        scan=ScanConfig(exclude=("loose.png",)), cluster=ClusterConfig(method=method), output=out
    )
    report = group(people, settings)
    labels = ours(source.album(people).faces, Task(method, source.told), source.model)
    named = [-1 if face.person is None else face.person for face in report.faces]
    np.testing.assert_array_equal(by_first(np.array(named)), by_first(labels))
    assert max(named) >= 0 or method == "hdbscan"  # to which two faces are not a dense place


def test_nothing_is_read_twice(people: Path, source: Source, capsys) -> None:
    first, again = source.album(people), source.album(people)
    assert capsys.readouterr().err.count("reading 4 photos") == 1
    np.testing.assert_array_equal(first.faces.embeddings, again.faces.embeddings)


def test_some_people_are_a_set_of_their_own(people: Path, source: Source, capsys) -> None:
    whole, part = source.album(people), source.album(people, ["grace"])
    assert "reading 2 photos" in capsys.readouterr().err
    assert part.sizes == {"grace": 2}
    [row] = np.nonzero(whole.names[whole.faces.photo] == "grace")[0]
    np.testing.assert_array_equal(part.faces.embeddings, whole.faces.embeddings[[row]])


def test_loose_photos_are_people_of_their_own(people: Path, source: Source, capsys) -> None:
    assert [stem(file) for file in lone_photos(people)] == ["loose"]
    album, again = source.strangers(people), source.strangers(people)
    assert capsys.readouterr().err.count("reading 1 photos") == 1
    assert album.sizes == {"loose": 1}
    assert len(album.faces) == len(again.faces) == 1
    assert "loose" not in source.album(people).sizes


def test_made_pictures_are_read_as_photos_are(people: Path, source: Source, hopper, capsys) -> None:
    asked: list[int] = []
    shown = [hopper, np.full((60, 80, 3), 90, np.uint8), hopper[::2, ::2]]

    def make(row: int) -> Picture:
        asked.append(row)
        return Picture(np.ascontiguousarray(shown[row]), shown[row].shape[1], shown[row].shape[0])

    album = source.made("three", ["grace", "sea", "small"], make)
    again = source.made("three", ["grace", "sea", "small"], make)
    assert capsys.readouterr().err.count("reading 3 pictures") == 1
    assert sorted(asked) == [0, 1, 2]
    assert album.names.tolist() == again.names.tolist() == ["grace", "sea", "small"]
    assert album.extents.tolist() == [[s.shape[1], s.shape[0]] for s in shown]
    # Faces lie by the digests of their photos, which are not those of any file.
    wanted = {"grace": source.album(people), "small": source.strangers(people)}
    assert sorted(album.names[album.faces.photo]) == sorted(wanted)
    for name, real in wanted.items():
        [row] = np.nonzero(real.names[real.faces.photo] == {"small": "loose"}.get(name, name))[0]
        [mine] = np.nonzero(album.names[album.faces.photo] == name)[0]
        np.testing.assert_array_equal(
            album.faces.embeddings[mine], real.faces.embeddings[row]
        )  # PNG keeps every pixel
    source.made("others", ["grace", "sea", "small"], make)
    assert sorted(asked) == [0, 0, 1, 1, 2, 2]
