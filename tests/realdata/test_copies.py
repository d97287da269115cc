"""Copies of real photos: sizes of other programs and messengers, edited, in one folder or many."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps

from facecluster.config import ClusterConfig, OutputConfig, Settings
from facecluster.group import OpenReader, group
from facecluster.report.records import Report

pytestmark = pytest.mark.realdata
Grouped = Callable[..., Report]
Save = Callable[[Image.Image, Path, int], None]


@pytest.fixture
def grouped(open_models: OpenReader, tmp_path: Path) -> Grouped:
    def make(min_photos: int = 2, **output: object) -> Report:
        settings = Settings(
            cluster=ClusterConfig(min_photos=min_photos),
            output=OutputConfig(tmp_path / "out", **output),
        )
        return group(tmp_path / "in", settings, open_reader=open_models)

    return make


def strangers(shared_data: Path, count: int, seed: int) -> list[Path]:
    """Photos of people who are in LFW once."""
    folders = sorted((shared_data / "lfw" / "images").iterdir())
    random.Random(seed).shuffle(folders)
    alone = (list(folder.iterdir()) for folder in folders)
    return [files[0] for files in alone if len(files) == 1][:count]


def apple(picture: Image.Image, root: Path, number: int) -> None:
    """The places in a library of Apple Photos."""
    name = f"{number:08X}-0000-4000-8000-000000000000"
    write(picture.resize((1000, 1000)), root / "originals/0" / f"{name}.jpeg", 95)
    write(picture.resize((500, 500)), root / "derivatives/0" / f"{name}_1_105_c.jpeg", 85)
    write(picture.resize((360, 360)), root / "masters/0" / f"{name}_4_5005_c.jpeg", 80)


def thumbnails(picture: Image.Image, root: Path, number: int) -> None:
    """Small pictures beside the photo, as galleries of other programs have them."""
    write(picture.resize((1000, 1000)), root / f"{number}.jpg", 92)
    write(picture.resize((256, 256)), root / "thumbs" / "large" / f"{number:032}.png", 0)
    write(picture.resize((128, 128)), root / "cache" / f"{number}.webp", 70)


def sent(picture: Image.Image, root: Path, number: int) -> None:
    """What messengers make of a photo, in one flat folder with it."""
    write(picture.resize((1200, 1200)), root / f"IMG_{number:04}.jpg", 92)
    write(picture.resize((800, 800)), root / f"IMG-20190101-WA{number:04}.jpg", 60)
    write(picture.resize((640, 640)), root / f"photo_{number}@01-01-2019.jpg", 75)


def edited(picture: Image.Image, root: Path, number: int) -> None:
    """Edited ones of the same size, in one flat folder with it."""
    write(picture, root / f"IMG_{number:04}.jpg", 92)
    lighter = ImageEnhance.Color(ImageEnhance.Brightness(picture).enhance(1.2)).enhance(1.4)
    write(lighter, root / f"IMG_{number:04}-edited.jpg", 85)
    write(ImageOps.grayscale(picture), root / f"IMG_{number:04} (1).jpg", 85)


def turned(picture: Image.Image, root: Path, number: int) -> None:
    """Stored on its side with a tag, and saved upright by something else."""
    write(picture.resize((900, 900)), root / f"{number}.jpg", 92)
    exif = Image.Exif()
    exif[0x0112] = 6
    for size, name in ((900, "b"), (450, "c")):
        side = picture.resize((size, size)).transpose(Image.Transpose.ROTATE_90)
        side.save(root / f"{number}{name}.jpg", quality=80, exif=exif)


def write(picture: Image.Image, path: Path, quality: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=quality)


KINDS = [apple, thumbnails, sent, edited, turned]


@pytest.mark.parametrize("save", KINDS, ids=lambda kind: kind.__name__)
def test_twenty_strangers_in_three_sizes_are_nobody(
    grouped: Grouped, shared_data: Path, tmp_path: Path, save: Save
) -> None:
    for number, path in enumerate(strangers(shared_data, 20, seed=len(save.__name__))):
        save(Image.open(path), tmp_path / "in", number)
    report = grouped()
    assert (report.summary.photos, report.summary.copies) == (60, 40)
    assert report.summary.people == 0
    once = {path.name for path in (tmp_path / "out" / "unsure").iterdir()}
    assert len(once) == 20
    assert len(list((tmp_path / "out" / "unsure").iterdir())) == 20


@pytest.mark.parametrize("save", KINDS, ids=lambda kind: kind.__name__)
def test_a_person_of_four_photos_in_three_sizes_is_one_of_four(
    grouped: Grouped, shared_data: Path, tmp_path: Path, save: Save
) -> None:
    folder = shared_data / "lfw" / "images" / "Junichiro_Koizumi"
    for number, path in enumerate(sorted(folder.iterdir())[:4]):
        save(Image.open(path), tmp_path / "in", number)
    report = grouped(min_photos=4)
    assert [person.photo_count for person in report.people] == [4]
    assert report.people[0].face_count == 12
    assert len(list((tmp_path / "out" / "people" / "person-001").iterdir())) == 4
    assert grouped(min_photos=5).people == ()
    everything = grouped(link_copies=True)
    assert len(list((tmp_path / "out" / "people" / "person-001").iterdir())) == 12
    assert everything.summary.copies == 8


def test_the_second_run_knows_the_copies_too(
    grouped: Grouped, shared_data: Path, tmp_path: Path
) -> None:
    for number, path in enumerate(strangers(shared_data, 4, seed=1)):
        sent(Image.open(path), tmp_path / "in", number)
    first, second = grouped(), grouped()
    assert [p.copy_of for p in first.photos] == [p.copy_of for p in second.photos]
    (tmp_path / "in" / "IMG_0000.jpg").unlink()
    left = grouped()
    assert left.summary.copies == 7
    assert left.people == ()


def test_two_people_of_one_photo_are_two_people_of_one_photo_in_all_its_copies(
    grouped: Grouped, shared_data: Path, tmp_path: Path
) -> None:
    one, other = (Image.open(path) for path in strangers(shared_data, 2, seed=3))
    both = Image.new("RGB", (500, 250))
    both.paste(one, (0, 0))
    both.paste(other, (250, 0))
    for size, name in ((1, "a"), (0.8, "b"), (0.5, "c")):
        small = both.resize((round(1000 * size), round(500 * size)))
        write(small, tmp_path / "in" / f"{name}.jpg", 85)
    report = grouped(min_photos=1)
    sides = [
        {face.box[0] < photo.width / 2 for face in report.faces if face.person == person.id
         for photo in report.photos if photo.path == face.photo}
        for person in report.people[:2]
    ]  # fmt: skip
    assert sorted(map(sorted, sides)) == [[False], [True]]
    assert [(p.photo_count, p.face_count) for p in report.people[:2]] == [(1, 3), (1, 3)]
    assert grouped().people == ()


def test_a_copy_from_which_a_face_was_cut_away(
    grouped: Grouped, shared_data: Path, tmp_path: Path
) -> None:
    """The half with one of the two is another picture; it shows that person a second time."""
    one, other = (Image.open(path) for path in strangers(shared_data, 2, seed=3))
    both = Image.new("RGB", (500, 250))
    both.paste(one, (0, 0))
    both.paste(other, (250, 0))
    write(both, tmp_path / "in" / "both.jpg", 92)
    write(both.resize((400, 200)), tmp_path / "in" / "small.jpg", 85)
    write(both.crop((0, 0, 250, 250)), tmp_path / "in" / "half.jpg", 92)
    report = grouped()
    assert report.summary.copies == 1
    assert [(p.photo_count, p.face_count) for p in report.people] == [(2, 3)]
