"""Faces of labelled folders: as the command reads them, and read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.grouping import Task, by_first, ours
from benchmarks.common.reading import Source, photos_by_person
from facecluster.config import METHODS, ClusterConfig, OutputConfig, ScanConfig, Settings
from facecluster.group import group


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
