"""report.html: links that lead to the files, names that cannot break out, caps, no network."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from collections import Counter
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from facecluster.output.page.render import render_page
from facecluster.output.page.text import Links, show
from facecluster.output.page.view import FACES_SHOWN, page_view
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.people import Identities
from facecluster.report.rows import thumbnail_path
from tests.support.made_albums import RUN, make_faces, make_grouping, make_photo
from tests.support.pages import HOSTILE, Reader


def page_of(root, out, photos, labels, reasons=None, names=(), thumbnails=()):
    reasons = reasons or [Reason.ALONE if x < 0 else Reason.PLACED for x in labels]
    faces = make_faces(range(len(labels)))
    grouping = make_grouping(labels, reasons)
    who = Identities.by_rank(grouping.people, names)
    report = build_report(root, photos, faces, grouping, RUN, thumbnails=thumbnails, who=who)
    return render_page(report, out).decode("utf-8")


def target_of(href: str, out: Path) -> Path:
    return Path(os.path.normpath(out / os.fsdecode(unquote_to_bytes(href))))


def test_links_lead_to_the_photos(album):
    album.write()
    page = Reader((album.out / "report.html").read_text("utf-8"))
    faces = [a for a in page.all("a") if a.get("class") == "face"]
    assert len(faces) == 7  # five placed and two unsure; the small one is left out
    linked = Counter(target_of(a["href"], album.out) for a in faces)
    assert linked == Counter(
        album.root / album.photos[p].path for p in album.faces.photo[:7].tolist()
    )
    for link in page.all("a"):
        if not link["href"].startswith("#"):
            there = target_of(link["href"], album.out)
            assert there.exists() or there.name == "broken.jpg", link


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("fate", ["placed", "unsure", "no face", "unreadable"])
def test_hostile_names_stay_text(tmp_path, name, fate):
    root, out = tmp_path / "Photos", tmp_path / "out"
    problem = f"cannot read {name}" if fate == "unreadable" else None
    photos = [PhotoRow(name, "d", 1, 40, 30, problem=problem), PhotoRow("b.jpg", "e", 1, 40, 30)]
    labels = {"placed": [0, 0], "unsure": [-1, -1]}.get(fate, [])
    page = page_of(root, out, photos, labels, names=[name] if fate == "placed" else ())
    plain = [PhotoRow("a.jpg", "d", 1, 40, 30, problem=problem and "no"), photos[1]]
    calm = page_of(root, out, plain, labels, names=["Ann"] if fate == "placed" else ())
    seen, wanted = Reader(page), Reader(calm)
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in wanted.tags]
    assert [sorted(a) for _, a in seen.tags] == [sorted(a) for _, a in wanted.tags]
    for attrs in seen.all("a"):
        assert re.match(r"[#./]", attrs["href"]), attrs
    hrefs = [a["href"] for a in seen.all("a") if a["href"].startswith("../")]
    assert root / name in [target_of(href, out) for href in hrefs]
    assert "49.jpg" not in page
    assert "\u202e" not in page


def test_page_asks_nothing_of_the_network(album):
    album.write()
    html = (album.out / "report.html").read_text("utf-8")
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", html)
    page = Reader(html)
    assert all("style" not in a and not any(k.startswith("on") for k in a) for _, a in page.tags)


def test_policy_allows_exactly_our_style_and_script(album):
    album.write()
    html = (album.out / "report.html").read_bytes().decode("utf-8")
    policy = next(a["content"] for a in Reader(html).all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (inner,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_pictures_have_size_and_words(album):
    thumb = album.out / thumbnail_path(album.photos[0].digest, 0)
    thumb.parent.mkdir(parents=True)
    thumb.write_bytes(b"jpeg")
    album.write()
    page = Reader((album.out / "report.html").read_text("utf-8"))
    pictures = [a for a in page.all("img") if "src" in a]
    assert pictures
    for picture in pictures:
        assert (picture["width"], picture["height"], picture["loading"]) == ("160", "160", "lazy")
        assert "alt" in picture
        assert target_of(picture["src"], album.out) == thumb
    assert any(a.get("role") == "img" for a in page.all("svg"))  # the faces without a thumbnail


def test_many_faces_are_capped_and_counted(tmp_path):
    n = FACES_SHOWN + 1000
    photos = [PhotoRow(f"{i}.jpg", str(i), 1, 9, 9) for i in range(n + 3000)]
    labels = [0] * 5000 + list(range(1, 21)) * 100
    labels = labels[:n]
    html = page_of(tmp_path / "p", tmp_path / "o", photos, labels)
    shown = html.count('class="face"')
    assert 20 * 90 <= shown <= FACES_SHOWN
    more = re.findall(r"… and ([\d,]+) more: all their photos", html)
    assert sum(int(m.replace(",", "")) for m in more) + shown == n
    assert "… and 2,000 more: see report.json" in html
    assert len(html) < 6_000_000


def test_nothing_found_is_said(tmp_path):
    assert "No face was found" in page_of(tmp_path / "p", tmp_path / "o", [], [])
    photos = [PhotoRow("a.jpg", "d", 1)]
    html = page_of(tmp_path / "p", tmp_path / "o", photos, [-1])
    assert "no person appears in enough photos" in html


def test_the_strip_accounts_for_every_photo(album):
    report = build_report(album.root, album.photos, album.faces, album.grouping, RUN)
    strip = page_view(report, album.out).strip
    assert sum(part.count for part in strip) == len(album.photos)
    assert sum(part.width for part in strip) == pytest.approx(1000, abs=0.1)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_through_a_link_addresses_are_absolute(tmp_path):
    make_photo(tmp_path / "deep/er/Photos", "a.jpg")
    (tmp_path / "Photos").symlink_to(tmp_path / "deep/er/Photos")
    href = Links(tmp_path / "out", tmp_path / "Photos").photo("a b.jpg")
    assert href == (tmp_path / "Photos/a b.jpg").as_uri()


def test_show_replaces_what_cannot_be_seen():
    assert show("a\nb\u202ec\udcff\x7f") == "a\ufffdb\ufffdc\ufffd\ufffd"
    assert show("é 日本 עברית") == "é 日本 עברית"
