"""Globs against hand-made answers, and against pathlib where both mean the same."""

from __future__ import annotations

import warnings
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.photos.globs import matcher
from tests.support import glob_regex

YES = [
    ("*.jpg", "a.jpg"),
    ("*.jpg", "2019/trip/a.JPG"),
    ("IMG_????.*", "x/img_0001.heic"),
    ("2019", "2019/a.jpg"),
    ("2019", "old/2019/deep/a.jpg"),
    ("2019/", "2019/a.jpg"),
    ("2019/*.jpg", "2019/a.jpg"),
    ("2019/**", "2019/x/y/a.jpg"),
    ("**/edited/*", "edited/a.jpg"),
    ("2019/**/edited/*", "2019/edited/a.jpg"),
    ("2019/**/edited/*", "2019/x/y/edited/a.jpg"),
    ("./2019/*", "2019/a.jpg"),
    ("/2019/*", "2019/a.jpg"),
    ("[a-c]*.png", "b1.png"),
    ("[!a-c]*.png", "x1.png"),
    ("a[", "a["),
    ("[]]x", "]x"),
    ("[^a]x", "^x"),
    ("!a.jpg", "!a.jpg"),
    ("#1*", "#1.jpg"),
    ("2019/**/", "2019/x/a.jpg"),
    ("caf\u00e9*", "cafe\u0301.jpg"),
    ("a+b (1).jpg", "a+b (1).jpg"),
    ("*.jpg", "line\nbreak.jpg"),
    ("*.jpg", "\udcff.jpg"),
    ("**", "a.jpg"),
    ("a/**/**/b", "a/b"),
    ("**/a/**/b.*", "x/a/a/y/b.jpg"),
    ("a*b*b", "aabxbab"),
    ("***a***", "xax"),
    ("[a-]x", "-x"),
    ("[!-a]x", "bx"),
    ("[+--]x", ",x"),
]
NO = [
    ("*.jpg", "a.jpeg"),
    ("2019/*.jpg", "2019/x/a.jpg"),
    ("2019/*.jpg", "old/2019/a.jpg"),
    ("2019/", "2019"),
    ("old/", "old.jpg"),
    ("[a-c]*.png", "x1.png"),
    ("[!a-c]*.png", "a1.png"),
    ("[z-a].jpg", "m.jpg"),
    ("a?c", "a/c"),
    ("[^a]x", "bx"),
    ("!a.jpg", "b.jpg"),
    ("2019/**/", "2019/a.jpg"),
    ("a[!x]c", "a/c"),
    ("a.jpg", "axjpg"),
    ("a*bc*c", "abc"),
    ("ab*ba", "aba"),
    ("a/**", "a"),
    ("**/", "a.jpg"),
    ("a/**/b", "x/a/b"),
    ("[!-a]x", "-x"),
    ("/", "a/b.jpg"),
    (".", "a.jpg"),
    ("", "a.jpg"),
]


@pytest.mark.parametrize(("pattern", "path"), YES)
def test_matches(pattern: str, path: str) -> None:
    assert matcher([pattern])(path)


@pytest.mark.parametrize(("pattern", "path"), NO)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not matcher([pattern])(path)


def test_any_of_several_patterns() -> None:
    wanted = matcher(["*.png", "2020/"])
    assert wanted("a.png")
    assert wanted("2020/a.gif")
    assert not wanted("a.gif")


_NAME = st.text("ab.", min_size=1, max_size=4).filter(lambda name: set(name) != {"."})


@given(name=_NAME, pattern=st.text("ab.*?", min_size=1, max_size=5))
def test_one_name_agrees_with_pathlib(name: str, pattern: str) -> None:
    if set(pattern) != {"."}:
        assert matcher([pattern])(name) == PurePosixPath(name).match(pattern)


@given(pattern=st.text(max_size=12), path=st.text(min_size=1, max_size=12))
def test_no_pattern_breaks_it(pattern: str, path: str) -> None:
    assert matcher([pattern])(path) in (True, False)


_PART = st.sampled_from(["**", "*", "a", "b", "ab", "."]) | st.text("ab*?[]!-.^A", max_size=7)
_PATTERN = st.builds(
    lambda parts, front, back: front + "/".join(parts) + back,
    st.lists(_PART, min_size=1, max_size=5),
    st.sampled_from(["", "", "/", "./"]),
    st.sampled_from(["", "", "/"]),
)
_PATH = st.lists(st.text("ab.-A\n", min_size=1, max_size=5), min_size=1, max_size=5).map("/".join)


@given(pattern=_PATTERN, path=_PATH)
def test_many_stars_mean_what_one_regular_expression_means(pattern: str, path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sets with two hyphens
        expected = bool(set(pattern.split("/")) - {"", "."}) and glob_regex.matches(pattern, path)
    assert matcher([pattern])(path) == expected


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 255),
        ("*" * 200 + "b", "a" * 255),
        ("*a?" * 60 + "*[b]", "a" * 255),
        ("**/a/" * 60 + "b", "/".join("a" * 2000)),
        ("**/*a*a*a/" * 60 + "b", "/".join(["a" * 20] * 190)),
        ("**/" * 300 + "b", "/".join("a" * 2000)),
    ],
    ids=lambda text: text[:12],
)
def test_patterns_that_would_take_for_ever_with_trying_all_ways(pattern: str, path: str) -> None:
    assert not matcher([pattern])(path)
    assert matcher([pattern])(path + "b") == ("/" not in pattern and path[-1] == "a")


@given(pattern=st.text("[]!-&|~ab", max_size=10), path=st.text("ab-&", min_size=1, max_size=4))
def test_no_set_makes_python_warn(pattern: str, path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matcher([pattern])(path)
