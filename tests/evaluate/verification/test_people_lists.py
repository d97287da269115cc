"""Reading LFW's lists of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.people_lists import read_people


def test_missing_list_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FaceclusterError, match=r"people\.txt: cannot be read"):
        read_people(tmp_path / "people.txt")


def test_people_list(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("2\nA\t2\nB\t1\n")
    assert read_people(path) == ["A/A_0001.jpg", "A/A_0002.jpg", "B/B_0001.jpg"]
