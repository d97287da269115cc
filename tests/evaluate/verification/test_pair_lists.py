"""Lists of pairs in LFW's format: read, written, and found on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.errors import FaceclusterError, OutputError
from facecluster.evaluate.verification.pair_lists import (
    Pairs,
    picture_key,
    read_pairs,
    resolve,
    write_pairs,
)


def listed(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pairs.txt"


def test_pairs_of_two_folds(path: Path) -> None:
    listed(path, "2\t1\nA_B\t1\t4\nA_B\t2\tC\t10\nD\t3\t4\nD\t1\tE\t1\n")
    pairs = read_pairs(path)
    assert pairs.first == ("A_B/A_B_0001.jpg", "A_B/A_B_0002.jpg", "D/D_0003.jpg", "D/D_0001.jpg")
    assert pairs.second[:2] == ("A_B/A_B_0004.jpg", "C/C_0010.jpg")
    assert pairs.same.tolist() == [True, False, True, False]
    assert pairs.fold.tolist() == [0, 0, 1, 1]


def test_one_count_means_one_fold(path: Path) -> None:
    listed(path, "1\nA\t1\t2\nA\t1\tB\t1\n")
    assert read_pairs(path).fold.tolist() == [0, 0]


def test_three_counts_mean_kinds_of_their_own(path: Path) -> None:
    listed(path, "2 1 2\nA 1 2\nA 1 B 1\nA 2 B 1\nA 3 4\nA 3 B 1\nA 4 B 1\n")
    pairs = read_pairs(path)
    assert pairs.same.tolist() == [True, False, False] * 2
    assert pairs.fold.tolist() == [0, 0, 0, 1, 1, 1]


def test_spaces_windows_lines_a_mark_and_blank_lines(path: Path) -> None:
    listed(path, "\ufeff1 1\r\n\r\nA 1 2\r\nA 1 B 1\r\n\r\n")
    assert read_pairs(path).second == ("A/A_0002.jpg", "B/B_0001.jpg")


def test_names_with_spaces_and_files_by_name(path: Path) -> None:
    listed(path, "1\t1\nBig Cat\tred one.png\t2\nBig Cat\t1\tB\tdeep/x.jpg\n")
    pairs = read_pairs(path)
    assert pairs.first == ("Big Cat/red one.png", "Big Cat/Big Cat_0001.jpg")
    assert pairs.second == ("Big Cat/Big Cat_0002.jpg", "B/deep/x.jpg")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty; its first line must say"),
        ("\n \t \n", "empty"),
        ("ten\t300\n", "line 1: expected counts"),
        ("A\t1\t2\n", "line 1: expected counts"),
        ("1 2 3 4\n", "line 1: expected counts"),
        ("-1 3\n", "line 1: expected counts"),
        ("1.0 3\n", "line 1: expected counts"),
        ("²\n", "line 1: expected counts"),
        ("\x89PNG\x00\x01", "line 1: expected counts"),
        ("0 3\n", "line 1: a count of 0"),
        ("2\t1\nA\t1\t2\n", "4 pairs announced, 1 read"),
        ("999999999999999999 9\nA 1 2\n", "announced, 1 read"),
        ("1 1\nA 1 2\nA 1 B 1\nA 2 B 1\n", "2 pairs announced, 3 read"),
        ("1 1\nA 1\nA 1 B 1\n", r"line 2: expected a same pair \(NAME n1 n2\), got 2 fields"),
        ("1 1\n\nA 1 B 2\nA 1 2\n", "line 3: expected a same pair .* got 4 fields"),
        ("1 1\nA 1 2\nA 1 2\n", "line 3: expected a different pair .* got 3 fields"),
        ("1 1\nA 1 2\nA 1 A 2\n", "line 3: expected a different pair .*both names are 'A'"),
        ("1 1\nA 1 ../../etc/passwd\nA 1 B 1\n", "line 2: 'A' and '../../etc/passwd' are no"),
        ("1 1\n.. 1 2\nA 1 B 1\n", r"line 2: '\.\.' and"),
        ("1 1\n/etc 1 2\nA 1 B 1\n", "line 2: '/etc' and"),
        ("1 1\nA /etc/passwd 2\nA 1 B 1\n", "line 2: 'A' and '/etc/passwd'"),
        ("1 1\nA\t1\t\nA\t1\tB\t1\n", "line 2: 'A' and ''"),
        ("1 1\nA 1 x\0y\nA 1 B 1\n", "line 2"),
    ],
)
def test_bad_lists_are_told_by_line(path: Path, text: str, said: str) -> None:
    listed(path, text)
    with pytest.raises(FaceclusterError, match=said) as caught:
        read_pairs(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_list_that_is_not_there(path: Path) -> None:
    with pytest.raises(FaceclusterError, match=r"pairs\.txt: cannot be read"):
        read_pairs(path)
    with pytest.raises(FaceclusterError, match="cannot be read"):
        read_pairs(path.parent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A/A_12.png", "A/A_0012.jpg"),
        ("A_1/A_1_0003.JPG", "A_1/A_1_3"),
        ("A/img.tif", "A/img"),
        ("A/sub/x.png", "A/sub/x.jpg"),
    ],
)
def test_one_key(one: str, other: str) -> None:
    assert picture_key(one) == picture_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A/A_12.png", "A/12.png"),
        ("A/A_12.png", "B/A_12.png"),
        ("A/A_1²", "A/A_12"),
        ("A/x.one", "A/x.two"),
        ("A/sub/x.png", "A/x.png"),
    ],
)
def test_two_keys(one: str, other: str) -> None:
    assert picture_key(one) != picture_key(other)


def pairs_of(*pairs: tuple[str, str], folds: int = 1) -> Pairs:
    first, second = zip(*pairs, strict=True)
    same = np.array([a.split("/")[0] == b.split("/")[0] for a, b in pairs])
    return Pairs(first, second, same, np.repeat(np.arange(folds), len(pairs) // folds))


def test_written_as_lfw_has_it(path: Path) -> None:
    made = pairs_of(("A/A_0001.jpg", "A/A_0002.jpg"), ("A/A_0001.jpg", "B/B_0010.jpg"),
                    ("B/B_0003.jpg", "B/B_0004.jpg"), ("B/B_0001.jpg", "A/A_0003.jpg"),
                    folds=2)  # fmt: skip
    write_pairs(path, made)
    assert path.read_text() == "2\t1\nA\t1\t2\nA\t1\tB\t10\nB\t3\t4\nB\t1\tA\t3\n"


def test_kinds_of_their_own_number_are_written_and_read(path: Path) -> None:
    made = pairs_of(("A/a.png", "A/b.png"), ("A/a.png", "B/c d.png"), ("A/b.png", "B/c d.png"))
    write_pairs(path, made)
    assert path.read_text().splitlines()[0] == "1\t1\t2"
    again = read_pairs(path)
    assert (again.first, again.second) == (made.first, made.second)
    assert again.same.tolist() == made.same.tolist()


def test_a_number_that_could_mean_two_pictures_is_not_written(path: Path, tmp_path: Path) -> None:
    names = ("A/A_1.png", "A/A_0001.jpg", "B/B_7.png")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    made = pairs_of(("A/A_1.png", "A/A_0001.jpg"), ("A/A_1.png", "B/B_7.png"))
    write_pairs(path, made, among=names)
    assert path.read_text() == "1\t1\nA\tA_1.png\tA_0001.jpg\nA\tA_1.png\tB\t7\n"
    found = resolve(read_pairs(path), tmp_path)
    assert (found.first, found.second) == (made.first, made.second)


NAME = st.text(
    st.characters(blacklist_characters="/\\:\t\n\r\0", blacklist_categories=["Cc", "Cs"]),
    min_size=1,
).filter(lambda name: name not in (".", ".."))


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.lists(st.tuples(NAME, NAME, NAME, NAME), min_size=1, max_size=4, unique_by=lambda n: n[0])
)
def test_any_name_survives(path: Path, names: list[tuple[str, str, str, str]]) -> None:
    rows = []
    for person, one, two, other in names:
        rows += [
            (f"{person}/{one}.png", f"{person}/{two}.png"),
            (f"{person}/{person}_0007.jpg", f"{person}other/{other}.png"),
        ]
    made = pairs_of(*rows, folds=len(names))
    write_pairs(path, made)
    again = read_pairs(path)
    for name, read in zip((*made.first, *made.second), (*again.first, *again.second), strict=True):
        assert picture_key(name) == picture_key(read)
    assert again.same.tolist() == made.same.tolist()
    assert again.fold.tolist() == made.fold.tolist()


def test_stray_bytes_in_names_survive(path: Path) -> None:
    made = pairs_of(("\udcff/\udcfe.png", "\udcff/b.png"), ("\udcff/b.png", "ü/x.png"))
    write_pairs(path, made)
    assert read_pairs(path).first == made.first


def test_a_name_with_a_tab_cannot_be_listed(path: Path) -> None:
    for name in ("A/x\ty.png", "A/x\n.png", "A/\ud800.png"):
        with pytest.raises(FaceclusterError, match="rename the file"):
            write_pairs(path, pairs_of((name, "A/b.png"), ("A/b.png", "B/c.png")))
    assert not path.exists()


def test_uneven_folds_are_a_fault_of_ours(path: Path) -> None:
    made = pairs_of(("A/a", "A/b"), ("A/a", "B/c"), ("A/a", "A/c"), ("A/b", "A/c"), folds=2)
    with pytest.raises(ValueError, match="every fold"):
        write_pairs(path, made)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write"):
        write_pairs(tmp_path / "file" / "pairs.txt", pairs_of(("A/a", "A/b"), ("A/a", "B/c")))


def test_pictures_are_found_by_number(tmp_path: Path, path: Path) -> None:
    for name in ("A/A_1.png", "A/A_00002.JPEG", "A/notes_3.txt", "B/B_0001.jpg", "B/x.webp"):
        (tmp_path / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "images" / name).write_bytes(b"")
    listed(path, "1 1\nA 1 2\nB x A 2\n")
    found = resolve(read_pairs(path), tmp_path / "images")
    assert found.first == ("A/A_1.png", "B/x.webp")
    assert found.second == ("A/A_00002.JPEG", "A/A_00002.JPEG")


def test_absent_pictures_are_counted_and_named(tmp_path: Path, path: Path) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "A_0001.jpg").write_bytes(b"")
    listed(path, "1 2\nA 1 2\nA 1 3\nA 4 B 1\nA 1 C 1\n")
    with pytest.raises(
        FaceclusterError, match=r"5 pictures .*: A/A_0002\.jpg, A/A_0003\.jpg, A/A_0004\.jpg …"
    ):
        resolve(read_pairs(path), tmp_path)
    listed(path, "1 1\nA 1 1\nA 1 C 1\n")
    with pytest.raises(FaceclusterError, match=r"1 picture that .* not there: C/C_0001\.jpg"):
        resolve(read_pairs(path), tmp_path)
    with pytest.raises(FaceclusterError, match="no such folder"):
        resolve(read_pairs(path), tmp_path / "nowhere")


def test_a_name_longer_than_any_file_is_absent(tmp_path: Path, path: Path) -> None:
    listed(path, f"1 1\nA {'x' * 5000}.jpg 2\nA 1 {'y' * 5000} 1\n")
    with pytest.raises(FaceclusterError, match="not there"):
        resolve(read_pairs(path), tmp_path)


@pytest.mark.realdata
def test_the_lists_of_lfw(shared_data: Path, path: Path) -> None:
    view2 = read_pairs(shared_data / "lfw" / "pairs.txt")
    assert len(view2) == 6000
    assert np.bincount(view2.fold).tolist() == [600] * 10
    assert view2.same.sum() == 3000
    assert len(read_pairs(shared_data / "lfw" / "pairsDevTest.txt")) == 1000
    found = resolve(view2, shared_data / "lfw" / "images")
    assert found.first == view2.first
    write_pairs(path, view2)
    assert path.read_text().split() == (shared_data / "lfw" / "pairs.txt").read_text().split()
