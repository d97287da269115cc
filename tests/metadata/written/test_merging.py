"""Names are put into the XMP of others, of which all else stays to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from facecluster.metadata.written.merging import merged
from facecluster.metadata.written.packet import fit, new_packet
from facecluster.metadata.written.records import NamedBox
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.parsing import RefusedError, parsed

MARIE = NamedBox("Marie Curie", (0.311905, 0.208571, 0.113095, 0.198571))
PIERRE = NamedBox("Pierre Curie", (0.639286, 0.118571, 0.0964286, 0.241429))
NOBODY = NamedBox("Zoë <&> 'Z'", (0.02, 0.87, 0.05, 0.1))  # where no real packet has a face
SIZE = (840, 700)
SIZES = [SIZE, (700, 840), (1224, 816), (3264, 2448), (720, 1280), (1920, 1080)]
HEAD = (
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
)
TAIL = "</r:RDF></x:xmpmeta>"
SPACES = (
    "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "
    "xmlns:a='http://ns.adobe.com/xmp/sType/Area#' xmlns:d='http://purl.org/dc/elements/1.1/' "
    "xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#'"
)


def packets(folder: Path) -> Iterator[tuple[str, bytes, tuple[int, int]]]:
    """The real packets, each with a size of the picture that its regions fit."""
    for file in sorted((folder / "metadata").glob("*.xmp")):
        if file.name.startswith("hostile-entities"):
            continue
        for size in SIZES:
            try:
                merged(file.read_bytes(), [NOBODY], [], size)
            except RefusedError:
                continue
            yield file.name, file.read_bytes(), size
            break
        else:
            raise AssertionError(f"{file.name}: of no size")


def rest(data: bytes) -> list[str]:
    """All that is said but regions and keywords of people, in canonical XML."""
    tree = parsed(data)
    ours = re.compile(r"Regions|RegionInfo|PersonInImage|subject|TagsList|hierarchicalSubject")
    said = [child for d in tree.iter("{*}Description") for child in d]
    return [
        etree.tostring(e, method="c14n", exclusive=True, with_tail=False).decode()
        for e in said
        if not ours.fullmatch(etree.QName(e).localname) and etree.QName(e).localname != "li"
    ]


def lines_taken(before: bytes, after: bytes) -> bool:
    """Whether `after` is `before` with text put in between only."""
    at = 0
    for byte in before:
        at = after.find(bytes([byte]), at) + 1
        if not at:
            return False
    return True


def boxes(data: bytes, size: tuple[int, int]) -> list[dict[str | None, tuple[float, ...]]]:
    regions, _ = read_packet(data, size)
    return [{r.name: r.box or () for r in some} for some in regions[:2]]


def test_real_packets_keep_every_byte_about_a_new_name(shared_data: Path) -> None:
    count = 0
    for name, data, size in packets(shared_data):
        result = merged(data, [NOBODY], [], size)
        assert lines_taken(data, result), name
        assert rest(result) == rest(data), name
        for before, after in zip(boxes(data, size), boxes(result, size), strict=True):
            assert after.pop(NOBODY.name) == pytest.approx(NOBODY.box, abs=2e-6), name
            assert after == before, name
        assert merged(result, [NOBODY], [NOBODY], size) == result, name
        if b"<rdf:Bag/>" not in data.replace(b" ", b""):  # a list that was empty goes with ours
            assert merged(result, [], [NOBODY], size) == data, name
        count += 1
    assert count >= 18


def test_what_digikam_wrote_is_what_we_would(shared_data: Path) -> None:
    target = (shared_data / "metadata" / "target-generated.jpg.xmp").read_bytes()
    assert merged(target, [MARIE, PIERRE], [], SIZE) == target
    ours = new_packet([MARIE, PIERRE], SIZE) or b""
    for one, other in zip(boxes(ours, SIZE), boxes(target, SIZE), strict=True):
        assert {n: pytest.approx(b, abs=2e-6) for n, b in other.items()} == one
    assert read_packet(ours, SIZE)[1] == read_packet(target, SIZE)[1]


def test_only_the_region_that_overlaps_gets_another_name(shared_data: Path) -> None:
    data = (shared_data / "metadata" / "digikam-embedded.xmp").read_bytes()
    other = NamedBox("Maria", (0.32, 0.21, 0.11, 0.19))
    result = merged(data, [other], [], SIZE)
    for before, after in zip(boxes(data, SIZE), boxes(result, SIZE), strict=True):
        assert after == {
            "Maria": pytest.approx(other.box, abs=2e-6),
            PIERRE.name: before[PIERRE.name],
        }
    assert b"<rdf:li>Marie Curie</rdf:li>" in result  # we never wrote it, so we don't remove it
    mine = merged(data, [other], [MARIE], SIZE)
    # What stays are the lists of Microsoft and MediaPro, which we never write.
    assert mine.count(b"Marie Curie</rdf:li>") == 2 < data.count(b"Marie Curie</rdf:li>")


def packet(inner: str, spaces: str = SPACES) -> bytes:
    return f"{HEAD}<r:Description r:about='' {spaces}>{inner}</r:Description>{TAIL}".encode()


def region(kind: str, box: tuple[float, float, float, float] = MARIE.box, more: str = "") -> str:
    x, y, w, h = box
    return (
        f"<r:li r:parseType='Resource'><mwg-rs:Area a:x='{x + w / 2}' a:y='{y + h / 2}' a:w='{w}' "
        f"a:h='{h}' a:unit='normalized'/><mwg-rs:Type>{kind}</mwg-rs:Type>{more}</r:li>"
    )


def regions(*entries: str) -> str:
    inside = "".join(entries)
    return (
        "<mwg-rs:Regions r:parseType='Resource'><mwg-rs:RegionList>"
        f"<r:Seq>{inside}</r:Seq></mwg-rs:RegionList></mwg-rs:Regions>"
    )


@pytest.mark.parametrize("kind", ["Pet", "Focus", "BarCode"])
def test_regions_that_are_no_faces_stay(kind: str) -> None:
    data = packet(regions(region(kind)))
    result = merged(data, [MARIE], [], SIZE)
    assert region(kind).encode() in result
    assert boxes(result, SIZE)[0] == {MARIE.name: pytest.approx(MARIE.box, abs=2e-6)}


def test_a_face_without_a_name_gets_one() -> None:
    data = packet(regions(region("Face"), region("Face", NOBODY.box)))
    result = merged(data, [MARIE], [], SIZE)
    assert region("Face").encode() not in result
    assert region("Face", NOBODY.box).encode() in result
    assert len(read_packet(result, SIZE)[0][0]) == 2


def test_the_same_name_at_the_same_place_stays_as_it_is() -> None:
    own = region("Face", MARIE.box, f"<mwg-rs:Name>{MARIE.name}</mwg-rs:Name><!-- mine -->")
    data = packet(regions(own))
    near = NamedBox(MARIE.name, (0.32, 0.21, 0.11, 0.19))
    assert own.encode() in merged(data, [near], [], SIZE)


@pytest.mark.parametrize(
    "inner",
    [
        "<d:subject/>",
        "<d:subject></d:subject>",
        "<d:subject><r:Bag/></d:subject>",
        "<d:subject><r:Bag><!-- none --></r:Bag></d:subject>",
        "<mwg-rs:Regions r:parseType='Resource'/>",
        "<mwg-rs:Regions><r:Description/></mwg-rs:Regions>",
        "<mwg-rs:Regions r:parseType='Resource'><mwg-rs:RegionList/></mwg-rs:Regions>",
        regions(),
        "<!-- a > b --><?other a > b?><d:title a:x='>' d:y=\"'>\"/>",
        "<d:title><![CDATA[<r:Description/>]]></d:title>",
        "",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_every_shape_of_empty_is_filled_and_found_again(inner: str, encoding: str) -> None:
    text = packet(inner).decode()
    if encoding == "latin-1":
        text = f"<?xml version='1.0' encoding='ISO-8859-1'?>\n<!-- é -->{text}"
    data = text.encode(encoding)
    faces = [MARIE, NamedBox("Ζωή", NOBODY.box)]
    result = merged(data, faces, [], SIZE)
    assert boxes(result, SIZE)[0] == {f.name: pytest.approx(f.box, abs=2e-6) for f in faces}
    assert sorted(set(read_packet(result, SIZE)[1])) == sorted(face.name for face in faces)
    assert merged(result, faces, faces, SIZE) == result
    assert result.startswith(data[: data.index("Desc".encode(encoding.removesuffix("-sig"))[-8:])])
    assert "CDATA" not in text or b"<![CDATA[<r" in result.replace(b"\0", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b"\xff\xfe",
        b"\0" * 64,
        b"<?xml version='1.0' encoding='what'?>" + packet(""),
        b"<?xml version='1.0' encoding='utf-8'?>"
        + packet("<d:title>\xff</d:title>".replace("ÿ", ""))
        + b"\xff",
        packet("")[:-3],
        packet("<mwg-rs:Regions>none</mwg-rs:Regions>").replace(b"RDF", b"RDG"),
        packet("", SPACES + " mwg-rs:Regions='here'"),
        packet(regions().replace("<r:Seq></r:Seq>", "one")),
        packet(
            regions(region("Face")).replace(
                "<mwg-rs:RegionList>",
                "<mwg-rs:AppliedToDimensions stDim:w='400' stDim:h='100'/><mwg-rs:RegionList>",
            )
        ),
        b"<!DOCTYPE a [<!ENTITY e 'x'>]>" + packet("<d:title>&e;</d:title>"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(RefusedError, match=r"^it"):
        merged(data, [MARIE], [], SIZE)


names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co", "Z"]), min_size=1, max_size=8
)
places = st.tuples(*[st.floats(0.0, 0.5), st.floats(0.0, 0.5)], *[st.floats(0.05, 0.5)] * 2)
people = st.lists(st.builds(NamedBox, names, places), max_size=4).map(fit)
blank = st.text(" \n\t", max_size=3)


@st.composite
def foreign(draw: st.DrawFn) -> bytes:
    """A packet of other programs, with comments and white space anywhere."""
    made = []
    for face in draw(people):
        kind = draw(st.sampled_from(["Face", "Pet", ""]))
        name = "".join(f"&#{ord(c)};" for c in face.name)
        more = draw(st.sampled_from(["", f"<mwg-rs:Name>{name}</mwg-rs:Name>"]))
        made.append(draw(blank) + region(kind, face.box, more))
    words = "".join(
        f"{draw(blank)}<r:li>{escape}</r:li>" for escape in draw(st.lists(st.just("x")))
    )
    fields = [f"<d:subject><r:Bag>{words}</r:Bag></d:subject>", regions(*made), "<!-- c -->"]
    chosen = draw(st.lists(st.sampled_from(fields), unique=True))
    return packet("".join(draw(blank) + field for field in chosen))


@settings(max_examples=150, deadline=None)
@given(foreign(), people, people)
def test_any_names_go_into_any_packet_once(
    data: bytes, first: list[NamedBox], then: list[NamedBox]
) -> None:
    once = merged(data, first, [], SIZE)
    assert merged(once, first, first, SIZE) == once
    assert {f.name for f in first} <= set(read_packet(once, SIZE)[1]) | boxes(once, SIZE)[0].keys()
    other = merged(once, then, first, SIZE)
    assert merged(other, then, then, SIZE) == other
    found = boxes(other, SIZE)[0].keys()
    assert {f.name for f in then} <= found
    assert b"<!-- c -->" not in data or b"<!-- c -->" in other
    assert data.count(b">Pet<") == other.count(b">Pet<")
