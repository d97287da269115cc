"""Flushing a file system as a whole, and finding out which one a folder lies on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster.base.disks import Flushing, file_system, flush_file_system

TABLE = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 8:17 / /mnt/my\\040disk rw shared:7 master:1 - exfat /dev/sdb1 rw
25 22 0:40 / /mnt/my\\040disk rw - fuse.sshfs host:/ rw
26 22 0:41 / /mnt/back\\134slash rw - xfs /dev/sdc1 rw
27 22 0:42 broken
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home", "ext4"),
        ("/", "ext4"),
        ("/proc/self-made", "proc"),
        ("/process", "ext4"),
        ("/mnt/my disk/Photos", "fuse.sshfs"),
        ("/mnt/back\\slash", "xfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(tmp_path: Path, folder: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(TABLE)
    assert file_system(Path(folder), tmp_path / "mounts") == kind


def test_without_a_table_nothing_is_known(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "missing") == ""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("stat") is None, reason="Linux only"
)
def test_it_agrees_with_stat(tmp_path: Path) -> None:
    told = subprocess.run(
        ["stat", "-f", "-c", "%T", str(tmp_path)], capture_output=True, text=True, check=True
    )
    names = {"ext2/ext3": {"ext2", "ext3", "ext4"}, "overlayfs": {"overlay"}}
    told_kind = told.stdout.strip()
    assert file_system(tmp_path) in names.get(told_kind, {told_kind})


def test_a_file_system_that_is_not_trusted_is_flushed_file_by_file(tmp_path: Path) -> None:
    assert not flush_file_system(tmp_path, Flushing(whole=frozenset()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    kind = file_system(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        flush_file_system(tmp_path / "missing", Flushing(whole=frozenset({kind})))
    assert flush_file_system(tmp_path, Flushing(whole=frozenset({kind})))
    assert os.listdir(tmp_path) == []
