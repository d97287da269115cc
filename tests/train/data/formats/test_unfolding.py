"""Packed sets unfold to what their size explains, and not to what a bomb wants."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import FaceclusterError
from facecluster.train.data.formats.cifar import read_cifar
from facecluster.train.data.formats.idx import read_idx
from tests.support.made_sets import cifar_batch, write_idx

ZEROS = gzip.compress(bytes(1 << 24))


def bomb(start: bytes, megabytes: int) -> bytes:
    """A gzip file of this and many zeros, of which it can have any number of parts."""
    return gzip.compress(start) + ZEROS * (megabytes // 16)


def tar_header(name: str, size: int, kind: bytes) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.fixture(autouse=True)
def little_memory_and_time():
    tracemalloc.start()
    start = time.process_time()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 << 20
    assert time.process_time() - start < 20


@pytest.mark.parametrize("announced", [(1000, 1000, 400), (65536, 256, 64), (4, 5, 4)])
def test_idx_goes_by_its_header(tmp_path: Path, announced: tuple[int, int, int]) -> None:
    write_idx(tmp_path, np.ones((4, 5, 4), np.uint8), np.arange(4))
    head = struct.pack(">BBBB3I", 0, 0, 8, 3, *announced)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(bomb(head, 512))
    with pytest.raises(FaceclusterError, match=r"idx3-ubyte\.gz: .*(more than a gzip|more found)"):
        read_idx(tmp_path)


def test_idx_packs_as_well_as_real_digits_do_and_better(tmp_path: Path) -> None:
    pixels = np.zeros((3000, 28, 28), np.uint8)
    pixels[:, 5:20, 7:20:3] = np.arange(15)[:, None]
    write_idx(tmp_path, pixels, np.arange(3000) % 10)
    assert read_idx(tmp_path).pixels.shape == (3000, 28, 28, 1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("data_batch_1", tarfile.REGTYPE),
        ("somebody elses", tarfile.REGTYPE),
        ("././@LongLink", tarfile.GNUTYPE_LONGNAME),
        ("./PaxHeaders/x", tarfile.XHDTYPE),
        ("././@PaxHeader", tarfile.XGLTYPE),
    ],
)
def test_archives_of_zeros(tmp_path: Path, name: str, kind: bytes) -> None:
    path = tmp_path / "cifar-10-python.tar.gz"
    path.write_bytes(bomb(tar_header(name, 7 << 30, kind), 2048))
    with pytest.raises(FaceclusterError, match=r"unfolds to more than CIFAR|damaged or cut short"):
        read_cifar(path)


@pytest.mark.parametrize("end", ["tar", "tgz", "tar.gz"])
@pytest.mark.parametrize("how", ["w", "w:gz"])
def test_an_archive_is_known_by_its_bytes(tmp_path: Path, end: str, how: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    path = tmp_path / f"a.{end}"
    with tarfile.open(path, how) as archive:  # type: ignore[call-overload]
        for name in ("x" * 150 + "/readme", "c/data_batch_1", "c/data_batch_2"):
            data = cifar_batch(pixels, [0, 1, 1])
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert len(read_cifar(path).pixels) == 6
