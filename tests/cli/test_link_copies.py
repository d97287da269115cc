"""`--link-copies`: all copies of a photo go into the folders; without it the best one does."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.support.commands import Run


def test_link_copies(run: Run, party: Path, tmp_path: Path) -> None:
    with Image.open(party / "grace.jpg") as picture:
        picture.resize((picture.width // 2, picture.height // 2)).save(party / "thumb.jpg")

    def linked(*options: str) -> tuple[list[str], str]:
        result = run("group", party, "--out", tmp_path / "out", *options)
        assert result.exit_code == 0, result.stderr
        files = (tmp_path / "out" / "people").glob("*/*.jpg")
        report = json.loads((tmp_path / "out" / "report.json").read_bytes())
        assert report["run"]["settings"]["output"]["link_copies"] == bool(options)
        assert [p["copy_of"] for p in report["photos"] if p["path"] == "thumb.jpg"] == ["grace.jpg"]
        assert [p["photo_count"] for p in report["people"]] == [3, 3]
        return sorted(path.name for path in files), result.stdout

    once, said = linked()
    assert "7 photos, 1 of them a copy (6 grouped, 1 no face)" in said
    assert "thumb.jpg" not in once
    assert linked("--link-copies")[0] == sorted([*once, "thumb.jpg"])
    assert linked()[0] == once
