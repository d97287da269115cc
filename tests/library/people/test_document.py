"""people.toml: read as it was written, by us or by a user, and never lost."""

from __future__ import annotations

import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from facecluster.identity import FaceKey
from facecluster.library.people.document import BACKUPS, FILE, PeopleError, load, parsed, save
from facecluster.library.people.records import KnownPerson, People
from facecluster.library.people.text.toml_text import edited, text_of
from tests.support.made_people import face, people

ZOE = KnownPerson(14, "Zoë", ("Zoe",), face(1), (face(1),), (face(2),), (31,))
PATHS = {face(1): "2019/IMG_1.jpg", face(2): "2020/IMG_7.jpg"}
ONE = People({14: ZOE}, last=47, paths=PATHS)


@given(people())
def test_what_was_written_is_read(made: People) -> None:
    assert parsed(text_of(made)) == made


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(people(), people())
def test_an_edited_file_takes_every_change(tmp_path: Path, before: People, after: People) -> None:
    text = "# mine\n" + text_of(before) + "\n[mine]\nkey = 3\n"
    again = edited(text, after)
    assert parsed(again) == after
    assert again.startswith("# mine\n")
    assert tomllib.loads(again)["mine"] == {"key": 3}


def test_the_shape(tmp_path: Path) -> None:
    save(tmp_path, ONE)
    text = (tmp_path / FILE).read_text("utf-8")
    assert '[person.014]\nname = "Zoë"\naka = ["Zoe"]\n' in text
    assert f'is = [\n  "{face(1)}",  # 2019/IMG_1.jpg\n]\n' in text
    assert 'merged = ["031"]' in text
    assert load(tmp_path) == ONE
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_what_a_user_wrote_stays(tmp_path: Path) -> None:
    save(tmp_path, ONE)
    text = (tmp_path / FILE).read_text("utf-8")
    mine = text.replace('name = "Zoë"', 'name = "Zoë"  # my sister\nbirthday = 1999-01-02')
    (tmp_path / FILE).write_text(mine, "utf-8")
    both = replace(ONE, people={14: replace(ZOE, hidden=True), 15: KnownPerson(15, "Ann")})
    save(tmp_path, both)
    again = (tmp_path / FILE).read_text("utf-8")
    assert "# my sister" in again
    assert "birthday = 1999-01-02" in again
    assert load(tmp_path) == both


def test_three_backups_and_never_more(tmp_path: Path) -> None:
    for number in range(8):
        save(tmp_path, replace(ONE, last=100 + number))
    kept = [parsed((tmp_path / name).read_text("utf-8")).last for name in BACKUPS]
    assert kept == [106, 105, 104]
    assert len(list((tmp_path / ".facecluster").glob("people*"))) == 3
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in BACKUPS}
    assert modes == {0o600}


def test_nothing_new_is_not_written(tmp_path: Path) -> None:
    save(tmp_path, ONE)
    before = (tmp_path / FILE).stat().st_mtime_ns
    save(tmp_path, ONE)
    assert (tmp_path / FILE).stat().st_mtime_ns == before
    assert not (tmp_path / BACKUPS[0]).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 1\nlast = x", "line 2, column 8"),
        ("version = 2", "version 2 is not known"),
        ("", "version None is not known"),
        ("version = 1\n[person.x]", "'x' is not the number of a person"),
        ("version = 1\n[person.0]", "0 is not the number"),
        ("version = 1\n[person.014]\n[person.14]", "person 14 stands there twice"),
        ("version = 1\n[person.014]\nname = 3", "person.014.name"),
        ("version = 1\n[person.014]\nname = ' '", "person.014.name"),
        ("version = 1\n[person.014]\nis = ['a@b']", "person.014.is: 'a@b' is not a face"),
        ("version = 1\n[person.014]\nis = [3]", "person.014.is: expected a list"),
        ("version = 1\n[person.014]\nhidden = 1", "person.014.hidden"),
        ("version = 1\nperson = 3", "person: expected a table"),
        ("version = 1\n[rules]\nsame = [['a']]", "rules.same: expected pairs"),
        ("version = 1\nlast = -1", "last: -1"),
        ("version = 1\n[person.1]\nmerged = ['2']\n[person.2]", "still has a table"),
        ("version = 1\nx = " + "[" * 5000, "lists in lists without end"),
    ],
)
def test_damage_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(PeopleError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / FILE) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_file_names_the_newest_good_backup(tmp_path: Path) -> None:
    for last in (50, 51, 52):
        save(tmp_path, replace(ONE, last=last))
    (tmp_path / BACKUPS[0]).write_text("no", "utf-8")
    (tmp_path / FILE).write_text("no", "utf-8")
    with pytest.raises(PeopleError, match=r"people-2\.toml in its place"):
        load(tmp_path)


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbf" + text_of(ONE).encode())
    assert load(tmp_path) == ONE
    (tmp_path / FILE).write_bytes(text_of(ONE).encode("utf-16"))
    with pytest.raises(PeopleError, match="UTF-8"):
        load(tmp_path)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path) == People()


def test_keys_keep_their_paths_through_names_with_anything(tmp_path: Path) -> None:
    odd = {face(1): 'a#b "c" [d], |e.jpg', face(2): "日本\tx.jpg"}
    save(tmp_path, replace(ONE, paths=odd))
    found = load(tmp_path).paths
    assert set(found) == set(odd)
    assert isinstance(next(iter(found)), FaceKey)
