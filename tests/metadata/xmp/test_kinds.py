"""Each program's kind of entry, in every shape of RDF."""

from __future__ import annotations

import itertools

import pytest

from facecluster.identity import Box
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.packet import read_packet
from tests.support.xmp_samples import SHAPES, Shape, acdsee, iptc, microsoft, mwg, packet, people

STORED = (600, 400)
EVERY_SHAPE = [Shape(*pair) for pair in itertools.product(SHAPES, ("Bag", "Seq"))]
IDS = [f"{shape.fields} in {shape.container}" for shape in EVERY_SHAPE]
AREA = (0.25, 0.375, 0.25, 0.5)  # exact in binary
BOX = (0.125, 0.125, 0.25, 0.5)


def said(*parts: str, stored: tuple[int, int] = STORED) -> list[Region]:
    groups, _ = read_packet(packet(*parts), stored)
    return [region for group in groups for region in group]


def named(*parts: str) -> list[str]:
    return read_packet(packet(*parts), STORED)[1]


def boxes(*parts: str, stored: tuple[int, int] = STORED) -> list[Box | None]:
    return [region.box for region in said(*parts, stored=stored)]


@pytest.mark.parametrize("shape", EVERY_SHAPE, ids=IDS)
def test_every_shape_says_the_same(shape: Shape) -> None:
    assert said(mwg([("Zoë & Co", AREA), (None, AREA)], STORED, shape)) == [
        Region("Zoë & Co", BOX, "MWG"),
        Region(None, BOX, "MWG"),
    ]
    assert said(microsoft([("Zoë", BOX), ("Ann", None)], shape)) == [
        Region("Zoë", BOX, "MP"),
        Region("Ann", None, "MP"),
    ]
    assert said(acdsee("Zoë", AREA, None, STORED, shape)) == [Region("Zoë", BOX, "ACDSee")]
    rectangle = {"rbShape": "rectangle", "rbUnit": "relative"} | dict(
        zip(("rbX", "rbY", "rbW", "rbH"), BOX, strict=True)
    )
    assert said(iptc("Zoë", rectangle, shape=shape)) == [Region("Zoë", BOX, "IPTC")]
    assert named(people("Zoë", "Ann", shape=shape)) == ["Zoë", "Ann"]
    assert named(shape.words("digiKam:TagsList", ["People/Zoë", "Places/Rome"])) == ["Zoë"]
    assert named(shape.words("lr:hierarchicalSubject", ["People|Zoë", "Zoë"])) == ["Zoë"]


def test_a_bare_rdf_and_a_single_value_without_a_list() -> None:
    data = packet("<Iptc4xmpExt:PersonInImage>Zoë</Iptc4xmpExt:PersonInImage>", wrapped=False)
    assert read_packet(data, STORED)[1] == ["Zoë"]
    assert named("<Iptc4xmpExt:PersonInImage/>") == []
    odd = people("Ann").replace("Ann", "<!-- who? -->Z<!-- is it -->o<![CDATA[\u00eb]]> &amp; Co")
    assert named(odd) == ["Zo\u00eb & Co"]
    title = (
        "<rdf:Alt><rdf:li xml:lang='de'>A</rdf:li><rdf:li xml:lang='x-default'>B</rdf:li></rdf:Alt>"
    )
    assert named(people("Ann").replace("Ann", title)) == ["B"]


@pytest.mark.parametrize("unit", ["normalized", None, "odd"])
def test_areas_are_shares_unless_they_are_pixels(unit: str | None) -> None:
    assert boxes(mwg([("A", AREA)], STORED, unit=unit)) == [BOX]
    pixels = (150, 150, 150, 200)
    assert boxes(mwg([("A", pixels)], (600, 400), unit="pixel")) == [BOX]
    assert boxes(mwg([("A", pixels)], (600, 400), unit="pixel"), stored=(1200, 800)) == [BOX]
    assert boxes(mwg([("A", pixels)], None, unit="pixel")) == [BOX]
    assert boxes(mwg([("A", pixels)], STORED, unit=unit)) == [None]


def test_sizes_of_the_displayed_picture_are_turned_and_others_are_stale() -> None:
    assert boxes(mwg([("A", AREA)], (400, 600))) == [BOX]
    assert boxes(mwg([("A", (150, 150, 150, 200))], (400, 600), unit="pixel")) == [BOX]
    assert said(mwg([("A", AREA)], (600, 600))) == [Region("A", None, "MWG")]
    assert boxes(mwg([("A", AREA)], ("", "x"))) == [BOX]
    # What the same program wrote for Microsoft was drawn on the same picture.
    both = said(mwg([("A", AREA)], (600, 600)), microsoft([("B", BOX)]))
    assert [region.box for region in both] == [None, None]
    assert said(acdsee("A", AREA, None, (600, 600))) == [Region("A", None, "ACDSee")]


@pytest.mark.parametrize(
    ("kind", "taken"),
    [("Face", True), ("face", True), (None, True), ("Pet", False), ("Focus", False),
     ("BarCode", False), ("Barcode", False)],
)  # fmt: skip
def test_only_people_are_taken(kind: str | None, taken: bool) -> None:
    assert len(said(mwg([("A", AREA)], STORED, kind=kind))) == taken


@pytest.mark.parametrize(
    "area",
    [("nan", "nan", 0.1, 0.1), ("0,5", "0,5", "0,1", "0,1"), (1.4, 0.5, 0.1, 0.1), (0.5, 0.5, 0, 0),
     (0.5, 0.5, -0.1, 0.1), (0.5, 0.5, 1.5, 1.5), ("", "", "", ""), ("1e999", 0.5, 0.1, 0.1)],
)  # fmt: skip
def test_an_area_that_is_none_leaves_the_name(area: tuple[float, float, float, float]) -> None:
    assert said(mwg([("A", area)], STORED)) == [Region("A", None, "MWG")]


def test_what_was_drawn_by_hand_wins_over_what_was_found() -> None:
    other = (0.75, 0.75, 0.125, 0.125)
    assert boxes(acdsee("A", AREA, other)) == [BOX]
    assert boxes(acdsee("A", None, AREA)) == [BOX]
    assert boxes(acdsee("A", (0, 0, 0, 0), AREA)) == [BOX]


@pytest.mark.parametrize(
    "rectangle", ["0.1, 0.2, 0.3", "0.1, 0.2, 0.3, 0.4, 0.5", "0.1 0.2 0.3 0.4", "a, b, c, d", ","]
)
def test_a_rectangle_has_four_numbers(rectangle: str) -> None:
    text = microsoft([("A", BOX)]).replace(", ".join(map(str, BOX)), rectangle)
    assert said(text) == [Region("A", None, "MP")]


def test_circles_and_polygons_are_taken_as_the_box_about_them() -> None:
    circle = {"rbShape": "circle", "rbUnit": "relative", "rbX": 0.5, "rbY": 0.5, "rbRx": 0.125}
    assert boxes(iptc("A", circle)) == [(0.375, 0.3125, 0.25, 0.375)]
    pixels = {"rbShape": "circle", "rbUnit": "pixel", "rbX": 300, "rbY": 200, "rbRx": 75}
    assert boxes(iptc("A", pixels)) == [(0.375, 0.3125, 0.25, 0.375)]
    polygon = {"rbShape": "polygon", "rbUnit": "relative"}
    corners = [(0.125, 0.5), (0.375, 0.125), (0.25, 0.625)]
    assert boxes(iptc("A", polygon, corners)) == [BOX]
    assert boxes(iptc("A", polygon, corners[:2])) == [None]
    assert boxes(iptc("A", polygon)) == [None]
    round_area = mwg([("A", (0.5, 0.5, 9, 0))], STORED, Shape("attributes"))
    round_area = round_area.replace('stArea:w="9" stArea:h="0"', 'stArea:d="0.375"')
    assert boxes(round_area) == [(0.375, 0.3125, 0.25, 0.375)]


def term(field: str, word: str) -> str:
    identifiers = Shape().words("xmp:Identifier", [word])
    entry = f"<rdf:li rdf:parseType='Resource'>{identifiers}</rdf:li>"
    return Shape().listed(f"Iptc4xmpExt:{field}", [entry])


def test_regions_of_iptc_that_say_they_are_no_people() -> None:
    area = {"rbShape": "rectangle", "rbUnit": "relative", "rbX": 0, "rbY": 0, "rbW": 1, "rbH": 1}
    cv = "http://cv.iptc.org/newscodes/"
    for field, word, taken in (
        ("rCtype", "imageregiontype/human", True),
        ("rCtype", "imageregiontype/animal", False),
        ("rRole", "imageregionrole/cropping", False),
        ("rRole", "imageregionrole/mainSubjectArea", True),
    ):
        assert len(said(iptc("A", area, more=term(field, cv + word)))) == taken
    assert said(iptc("", area, more=people("Zoë")))[0].name == "Zoë"
    assert said(iptc("", area, more=people("Zoë", "Ann")))[0].name is None


def test_keywords_below_people_are_names_and_others_are_not() -> None:
    tags = ["People", "People/Zoë", "people/Family/Ann", "People/Family", "Zoë", "Places/People/X"]
    assert named(Shape().words("digiKam:TagsList", tags)) == ["Zoë", "Ann"]
    before = packet(Shape().words("digiKam:TagsList", tags)).replace(
        b"digikam.org/ns/1.0/", b"digikam.org/"
    )
    assert read_packet(before, STORED)[1] == ["Zo\u00eb", "Ann"]
    assert named(Shape().words("lr:hierarchicalSubject", ["People|A/B", "Trip|Zoë"])) == ["A/B"]
    assert named(Shape().words("dc:subject", ["Zoë", "People/Zoë", "People|Zoë"])) == []
