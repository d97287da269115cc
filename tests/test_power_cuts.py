"""The power goes in the middle of a run: nothing is lost, and the next run ends as an unbroken one.

On real disks in files: names, sizes and places of everything up to the cut are written, content
only where it was asked to be. CUTS=40 asks for more than the usual few (make soak).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.disks import MOUNTS, Disk, can_mount
from tests.support.group_runs import state
from tests.support.kills import Point, command, differences, drawn, end_of, killed, points
from tests.support.stories import Story, group, stories

__all__ = ["stories"]

CUTS = int(os.environ.get("CUTS", "4"))
NAMES = ("first", "changes")
pytestmark = pytest.mark.skipif(
    not can_mount() or shutil.which("strace") is None,
    reason="needs Linux, strace, and the right to mount a disk",
)


@pytest.mark.parametrize("how", MOUNTS)
@pytest.mark.parametrize("name", NAMES)
def test_after_a_power_cut_nothing_is_lost(
    name: str, how: str, stories: dict[str, Story], tmp_path: Path, open_models: object
) -> None:
    story, root, place = stories[name], tmp_path / "party", tmp_path / "disk"
    place.mkdir()
    out, disk, saved = place / "out", Disk(tmp_path / "image", place, how), tmp_path / "saved"
    disk.format()
    with disk.mounted():
        story.begin(root, out, open_models)
    shutil.copyfile(disk.file, saved)
    originals = state(root)
    run = command(root, out, *story.options)
    with disk.mounted():
        among = points(run, tmp_path / "log")
        whole = end_of(out)
        assert whole.health == []
    # Where the first file was placed and the last not, and then wherever the dice say.
    renamed = [point for point in among if point.call.startswith("rename")]
    share = CUTS // len(NAMES) // len(MOUNTS)
    chosen = [renamed[-len(renamed) // 3], *drawn(among, share - 1, seed=share)]
    for point in [None, *chosen] if share > 1 else chosen:
        shutil.copyfile(saved, disk.file)
        with disk.mounted():
            _run(run, point)
            found = disk.cut(tmp_path / "cut")
        with found.mounted():
            group(root, out, open_models, *story.options)
            assert differences(whole, end_of(out)) == [], point
        assert state(root) == originals


def _run(run: list[str], until: Point | None) -> None:
    """To this point, or to the end."""
    killed(run, until or Point("write", 65_535))


def test_the_disk_loses_what_was_not_flushed(tmp_path: Path) -> None:
    lost = {}
    for how in MOUNTS:
        (tmp_path / how).mkdir()
        disk = Disk(tmp_path / f"{how}.img", tmp_path / how, how)
        disk.format()
        with disk.mounted() as place:
            for name in ("kept", "lost"):
                (place / name).write_bytes(b"content" * 1000)
            with (place / "kept").open("rb") as file:
                os.fsync(file.fileno())
            found = disk.cut(tmp_path / f"{how}.cut")
        with found.mounted() as place:
            assert (place / "kept").read_bytes() == b"content" * 1000
            lost[how] = (place / "lost").read_bytes()
    assert lost == {"empty": b"", "zeros": bytes(7000)}
