"""A small album on disk, and a grouping of its faces."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facecluster.config import OutputConfig
from facecluster.output.folders.manifest import MANIFEST
from facecluster.output.write import write_all
from facecluster.photos.read import digest
from facecluster.records import Confidence, FaceTable, Grouping, PhotoRow, Reason
from facecluster.report.build import RunInfo
from facecluster.report.people import Identities
from facecluster.report.records import Report

RUN = RunInfo(
    settings={"cluster": {"method": "agglomerative", "distance": None}, "seed": 0},
    versions={"facecluster": "1.0", "numpy": "2.0"},
    model="a model",
    model_id="abc",
    started="2024-05-06T07:08:09+00:00",
    seconds={"read": 1.5},
    notes=("A note.",),
)


@dataclass(frozen=True)
class Album:
    """Photos on disk and what was found in them."""

    root: Path
    out: Path
    photos: list[PhotoRow]
    faces: FaceTable
    grouping: Grouping

    def write(self, who: Identities | None = None, **config: Any) -> Report:
        settings = OutputConfig(**config)
        args = (self.photos, self.faces, self.grouping, RUN, settings, who)
        return write_all(self.out, self.root, *args)

    def regroup(self, labels: Sequence[int]) -> Album:
        grouping = make_grouping(labels, [Reason.ALONE if x < 0 else Reason.PLACED for x in labels])
        return replace(self, grouping=grouping)

    def files(self) -> dict[str, bytes]:
        """The photos in the output folders by path, with what they hold."""
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for folder in ("kept", "people", "unsure")
            for path in sorted((self.out / folder).rglob("*"))
            if path.is_file()
        }


def make_grouping(labels: Sequence[int], reasons: Sequence[Reason]) -> Grouping:
    n, ids = len(labels), np.array(labels, np.int32)
    anybody = ids.max(initial=-1) >= 0
    near = np.where(ids >= 0, ids, 0 if anybody else -1).astype(np.int32)
    distance = np.linspace(0.01, 0.3, n).astype(np.float32)
    return Grouping(
        labels=ids,
        reasons=tuple(reasons),
        nearest=near,
        distance=distance if anybody else np.full(n, np.nan, np.float32),
        quality=np.linspace(0.9, 0.2, n).astype(np.float32),
        core=ids >= 0,
        threshold=0.06,
        notes=("Grouped.",),
    )


def make_confidence(
    grouping: Grouping,
    people: Sequence[float],
    pairs: Sequence[tuple[int, int, float]] = (),
    faces: Sequence[float] = (),
) -> Grouping:
    """The grouping with these chances; `faces` are those of the first faces, 0.9 the others'."""
    chances = np.where(grouping.labels >= 0, 0.9, np.nan).astype(np.float32)
    chances[: len(faces)] = faces
    sure = Confidence(
        faces=chances,
        people=np.array(people, np.float32),
        pairs=np.array([pair[:2] for pair in pairs], np.int32).reshape(-1, 2),
        same=np.array([pair[2] for pair in pairs], np.float32),
    )
    return replace(grouping, confidence=sure)


def make_faces(photo: Sequence[int], seed: int = 1, dimension: int = 8) -> FaceTable:
    """Faces of the photos with these rows, in that order, with made-up vectors."""
    rng, n = np.random.default_rng(seed), len(photo)
    rows = np.array(photo, np.int32)
    ordinal = [list(photo[:i]).count(row) for i, row in enumerate(photo)]
    vectors = rng.normal(size=(n, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    boxes = np.concatenate([rng.uniform(0, 50, (n, 2)), rng.uniform(20, 90, (n, 2))], axis=1)
    return FaceTable(
        photo=rows,
        ordinal=np.array(ordinal, np.int32),
        boxes=boxes.astype(np.float32),
        landmarks=np.zeros((n, 5, 2), np.float32),
        scores=rng.uniform(0.5, 1, n).astype(np.float32),
        clarity=np.ones((n, 3), np.float32),
        consistency=rng.uniform(0.5, 1, n).astype(np.float32),
        embeddings=vectors.astype(np.float32),
    )


def make_photo(root: Path, path: str, text: str | None = None) -> PhotoRow:
    """Write a file that stands for a photo; nothing here looks into it."""
    data = (text or f"photo {path!a}").encode()
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return PhotoRow(path, digest(data), len(data), 400, 300, image=digest(data))


@pytest.fixture
def make_album(tmp_path: Path) -> Callable[..., Album]:
    """An album of these photos with one face each, of the person in `labels`."""

    def make(paths: Sequence[str], labels: Sequence[int], out: str = "Photos-people") -> Album:
        root = tmp_path / "Photos"
        root.mkdir(exist_ok=True)
        photos = [make_photo(root, path) for path in paths]
        faces = make_faces(range(len(paths)))
        album = Album(root, tmp_path / out, photos, faces, make_grouping([], []))
        return album.regroup(labels)

    return make


@pytest.fixture
def album(tmp_path: Path) -> Album:
    """Seven photos with every fate: a with persons 0 and 1, b and c of 0, d of 1 …"""
    root = tmp_path / "Photos"
    root.mkdir()
    photos = [make_photo(root, f"{name}.jpg") for name in ("a", "sub/b", "c", "d", "e", "f", "g")]
    again = make_photo(root, "again/b.jpg", "photo 'sub/b.jpg'")
    photos.append(replace(again, duplicate_of="sub/b.jpg"))
    photos.append(PhotoRow("broken.jpg", "", 0, problem="it is empty"))
    faces = make_faces([0, 0, 1, 2, 3, 4, 5, 5])
    placed, alone, poor, small = Reason.PLACED, Reason.ALONE, Reason.POOR, Reason.SMALL
    reasons = [placed] * 5 + [alone, poor, small]
    grouping = make_grouping([0, 1, 0, 0, 1, -1, -1, -1], reasons)
    return Album(root, tmp_path / "Photos-people", photos, faces, grouping)


needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


def paths(album: Album) -> list[str]:
    """The files in the folders of the output."""
    return sorted(album.files())


def listed(album: Album) -> dict[str, dict[str, object]]:
    """The entries of the manifest, by path."""
    return {e["path"]: e for e in json.loads((album.out / MANIFEST).read_text())["files"]}
