"""Names and corrections outlive everything: runs, methods, models, the index, and photos that were
moved, renamed, tagged and encoded anew."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.config import ClusterConfig, Method, OutputConfig, ReadConfig, Settings
from facecluster.identity import FaceKey, overlap
from facecluster.library.people import changes
from facecluster.library.people.contradictions import ContradictionError, check
from facecluster.library.people.document import load, save
from facecluster.library.people.records import People
from facecluster.library.people.spoken import spoken
from facecluster.models import __file__ as models
from facecluster.records import Reason
from facecluster.report.records import Face, Report

pytestmark = pytest.mark.realdata
PEOPLE, PHOTOS, STRANGERS, CORRECTIONS, AGAIN = 9, 10, 30, 50, 50
Spot = tuple[str, tuple[float, ...]]  # which photo, and where in it


@dataclass
class Library:
    """Photos by a number that stays, wherever they are by now; what was said of their faces."""

    root: Path
    out: Path
    places: dict[str, str] = field(default_factory=dict)  # number to path
    people: dict[str, list[Spot]] = field(default_factory=dict)
    rejected: list[tuple[str, Spot]] = field(default_factory=list)
    apart: list[tuple[Spot, Spot]] = field(default_factory=list)
    same: list[tuple[Spot, Spot]] = field(default_factory=list)
    ignored: list[Spot] = field(default_factory=list)

    def spot(self, face: Face) -> Spot:
        number = {path: number for number, path in self.places.items()}[face.photo]
        return number, FaceKey.parse(face.key).box

    def face(self, report: Report, spot: Spot) -> Face:
        path = self.places[spot[0]]
        here = [face for face in report.faces if face.photo == path]
        boxes = np.array([FaceKey.parse(face.key).box for face in here])
        shared = overlap(np.array(spot[1])[None], boxes)
        assert shared.max() > 0.5
        return here[int(shared.argmax())]

    def assert_kept(self, report: Report) -> None:
        """Every name and every correction holds."""
        ids = {person.name: person.id for person in report.people if person.name}
        for name, spots in self.people.items():
            assert [self.face(report, s).person for s in spots] == [ids[name]] * len(spots)
        for name, spot in self.rejected:
            assert self.face(report, spot).person != ids[name]
        for one, other in self.apart:
            first, second = (self.face(report, spot).person for spot in (one, other))
            assert first is None or first != second
        for one, other in self.same:
            assert self.face(report, one).person == self.face(report, other).person
        for spot in self.ignored:
            assert self.face(report, spot).reason is Reason.IGNORED
        waiting = () if report.changes is None else report.changes.waiting
        assert waiting == ()


@pytest.fixture
def library(shared_data: Path, tmp_path: Path) -> Library:
    dice = random.Random(4)
    made = Library(tmp_path / "Photos", tmp_path / "out")
    made.root.mkdir()
    folders = dice.sample(sorted((shared_data / "pins44").iterdir()), PEOPLE)
    chosen = [file for f in folders for file in dice.sample(sorted(f.iterdir()), PHOTOS)]
    alone = sorted((shared_data / "lfw" / "images").iterdir())
    chosen += [next(folder.iterdir()) for folder in dice.sample(alone, STRANGERS)]
    for number, file in enumerate(chosen):
        name = f"IMG_{number:04}.jpg"
        shutil.copyfile(file, made.root / name)
        made.places[str(number)] = name
    return made


def said(library: Library, report: Report) -> People:
    """Names for all people, and corrections by chance that do not contradict each other."""
    dice = random.Random(9)
    people = People(last=max(person.id for person in report.people))
    for person in report.people:
        cover = report.faces[person.faces[0]]
        people = changes.hold(people, person.id, FaceKey.parse(cover.key))
        people = changes.rename(people, person.id, f"Name {person.id}")
        library.people[f"Name {person.id}"] = [library.spot(cover)]
    placed = [face for face in report.faces if face.person is not None]
    loose = [face for face in report.faces if face.person is None]
    count = 0
    while count < CORRECTIONS:
        tried = _one(library, dice, people, placed, loose)
        if tried is None:
            continue
        after, enter = tried
        try:
            check(after)
        except ContradictionError:
            continue
        if after != people:
            people, count = after, count + 1
            enter()
    paths = {FaceKey.parse(face.key): face.photo for face in report.faces}
    return changes.place(people, paths)


def _one(
    library: Library, dice: random.Random, people: People, placed: list[Face], loose: list[Face]
) -> tuple[People, Callable[[], None]] | None:
    face, other = dice.sample(placed, 2)
    key, second, stranger = FaceKey.parse(face.key), FaceKey.parse(other.key), dice.choice(loose)
    said_of = {str(k) for k, _ in spoken(people)}
    if {face.key, other.key, stranger.key} & said_of or face.photo == other.photo:
        return None  # one word on each face, so that none takes another back
    spot, ends = library.spot(face), (library.spot(face), library.spot(other))
    whose, named, own = int(other.person or 0), f"Name {other.person}", f"Name {face.person}"
    gone = library.spot(stranger)
    choices: list[tuple[People, Callable[[], None]]] = [
        (changes.confirm(people, whose, [key]), lambda: library.people[named].append(spot)),
        (
            changes.reject(people, int(face.person or 0), [key]),
            lambda: library.rejected.append((own, spot)),
        ),
        (changes.say_different(people, (key, second)), lambda: library.apart.append(ends)),
        (changes.say_same(people, (key, second)), lambda: library.same.append(ends)),
        (
            changes.ignore(people, [FaceKey.parse(stranger.key)]),
            lambda: library.ignored.append(gone),
        ),
    ]
    return dice.choice(choices)


Group = Callable[..., Report]


@pytest.fixture
def run(library: Library, group: Group) -> Group:
    def make(method: Method = "auto", model: Path | None = None, **more: object) -> Report:
        settings = Settings(
            read=ReadConfig(model=model),
            cluster=ClusterConfig(method=method),
            output=OutputConfig(library.out),
            **more,
        )
        return group(library.root, settings)

    return make


def test_names_and_corrections_outlive_everything(
    library: Library, run: Group, decoded: list[int]
) -> None:
    people = said(library, run())
    save(library.out, people)
    for _ in range(2):
        library.assert_kept(run())
    library.assert_kept(run(regroup=True))
    for method in ("agglomerative", "hdbscan", "kmeans", "auto"):
        library.assert_kept(run(method))
    other = Path(models).with_name("embedder.onnx")
    library.assert_kept(run(model=other))
    seen = len(decoded)
    library.assert_kept(run())
    assert len(decoded) == seen  # what each model saw is still there

    (library.out / ".facecluster" / "index.db").unlink()
    library.assert_kept(run())

    for change in (move, tag, encode_anew):
        seen = len(decoded)
        changed = change(library)
        library.assert_kept(run())
        assert len(decoded) - seen == changed, change.__name__
    library.assert_kept(run())
    kept = load(library.out)
    assert {p.name for p in kept.people.values()} >= set(library.people)


def move(library: Library) -> int:
    """Every photo to another folder, under another name."""
    for number, path in library.places.items():
        new = f"sorted/{int(number) % 7}/photo {number}.jpeg"
        (library.root / new).parent.mkdir(parents=True, exist_ok=True)
        (library.root / path).rename(library.root / new)
        library.places[number] = new
    return 0


def tag(library: Library) -> int:
    """A keyword, a date and a comment into all of them, as a tagging program does."""
    if shutil.which("exiftool") is None:
        pytest.skip("needs the program exiftool")
    command = ["exiftool", "-q", "-r", "-overwrite_original", "-Subject=holiday", "-Comment=hello"]
    subprocess.run([*command, "-AllDates=2020:01:02 03:04:05", str(library.root)], check=True)
    return 0


def encode_anew(library: Library) -> int:
    """Some of them saved by an editor: other pixels in the same place."""
    for number in sorted(library.places)[:AGAIN]:
        path = library.root / library.places[number]
        with Image.open(path) as picture:
            picture.convert("RGB").save(path, quality=88)
    return AGAIN
