"""CIFAR archives and batches, and pickles that want more than to be read."""

from __future__ import annotations

import io
import pickle
import tarfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import FaceclusterError
from facecluster.train.data.formats.cifar import is_cifar, read_cifar
from facecluster.train.data.formats.restricted import Array, unpickle
from facecluster.train.pickles.nodes import PickleRefusedError
from tests.support.made_sets import Cifar, cifar_batch


def packed(folder: Path, extra: dict[str, bytes] | None = None) -> Path:
    path = folder.parent / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, folder.name)
        for name, data in (extra or {}).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def check(found, pixels: np.ndarray, labels: list[int]) -> None:
    assert np.array_equal(found.pixels, pixels)
    names = ("plane", "car", "bird")
    assert [found.classes[label] for label in found.labels] == [names[i] for i in labels]
    assert found.classes == ("bird", "car", "plane")
    assert found.flips
    assert found.own_val == ()


def test_folder_archive_and_the_folder_above(cifar: Cifar) -> None:
    folder, pixels, labels = cifar
    for path in (folder, folder.parent, packed(folder)):
        assert is_cifar(path)
        check(read_cifar(path), pixels, labels)


def test_the_test_batch_is_read_when_asked_for(cifar: Cifar) -> None:
    folder, pixels, _ = cifar
    found = read_cifar(folder / "test_batch")
    assert np.array_equal(found.pixels, pixels[:1])
    assert found.classes == ("plane",)


def test_fine_labels_of_cifar_100(tmp_path: Path, rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (4, 32, 32, 3), np.uint8)
    batch = {
        b"data": pixels.transpose(0, 3, 1, 2).reshape(4, -1),
        b"coarse_labels": [0, 0, 1, 1],
        b"fine_labels": [1, 99, 1, 99],
    }
    (tmp_path / "train").write_bytes(pickle.dumps(batch, protocol=2))
    meta = {b"fine_label_names": [b"name%d" % i for i in range(100)]}
    (tmp_path / "meta").write_bytes(pickle.dumps(meta, protocol=2))
    found = read_cifar(tmp_path)
    assert found.classes == ("name1", "name99")
    assert found.labels.tolist() == [0, 1, 0, 1]
    assert np.array_equal(found.pixels, pixels)


def test_without_names_classes_are_numbers(cifar: Cifar) -> None:
    folder, _, labels = cifar
    (folder / "batches.meta").unlink()
    found = read_cifar(folder)
    assert found.classes == ("0", "1", "2")
    assert found.labels.tolist() == labels


def python2_array(rows: np.ndarray) -> bytes:
    """The opcodes that Python 2 and NumPy 1 wrote, as in the published files."""
    shape = b"".join(b"J" + int(n).to_bytes(4, "little") for n in rows.shape)
    data = rows.tobytes()
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01" + shape + b"\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89T" + len(data).to_bytes(4, "little") + data + b"tb"
    )


def test_a_batch_of_python_2(tmp_path: Path, rng: np.random.Generator) -> None:
    rows = rng.integers(0, 256, (2, 3072), np.uint8)
    batch = b"\x80\x02}(U\x04data" + python2_array(rows) + b"U\x06labels](K\x07K\x03eu."
    loaded = pickle.loads(batch, encoding="bytes")  # the whole of pickle as the oracle
    assert np.array_equal(loaded[b"data"], rows)
    (tmp_path / "data_batch_1").write_bytes(batch)
    found = read_cifar(tmp_path / "data_batch_1")
    assert np.array_equal(found.pixels, rows.reshape(2, 3, 32, 32).transpose(0, 2, 3, 1))
    assert found.classes == ("3", "7")
    assert found.labels.tolist() == [1, 0]


class Caller:
    """Pickles to a call of `open(path, "w")`, which would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return open, (str(self.path), "w")


def test_a_pickle_that_calls_something_is_refused(cifar: Cifar, tmp_path: Path) -> None:
    folder, _, _ = cifar
    trap = tmp_path / "was here"
    (folder / "data_batch_2").write_bytes(pickle.dumps({b"data": Caller(trap)}, protocol=2))
    for path in (folder, packed(folder)):
        with pytest.raises(FaceclusterError, match=r"data_batch_2.*not opened.*asks for \S*open"):
            read_cifar(path)
    assert not trap.exists()


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(OrderedDict(a=1)),
        pickle.dumps(np.array([object], dtype=object)),
        b"cnumpy\nload\n(S'/etc/passwd'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cnumpy.core.multiarray\nscalar\n.",
        b"P17\n.",
        b"",
        b"\x80\x02}U\x04da",
        b"not a pickle at all",
        b"(" * 100,
        b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    ],
)
def test_other_pickles_are_refused(data: bytes) -> None:
    with pytest.raises(PickleRefusedError):
        unpickle(data).pixels()


def test_arrays_of_anything_but_bytes_are_refused() -> None:
    for array in (np.zeros(3), np.zeros(3, np.int8), np.zeros(3, np.uint16)):
        found = unpickle(pickle.dumps(array, protocol=2))
        assert isinstance(found, Array)
        with pytest.raises(PickleRefusedError, match="not unsigned bytes"):
            found.pixels()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_arrays_of_bytes_are_themselves(order: str, protocol: int) -> None:
    array = np.asarray(np.arange(6, dtype=np.uint8).reshape(2, 3), order=order)
    assert np.array_equal(unpickle(pickle.dumps(array, protocol=protocol)).pixels(), array)


def test_a_shape_that_its_bytes_do_not_fill() -> None:
    data = pickle.dumps(np.zeros((2, 3), np.uint8), protocol=2).replace(
        b"K\x02K\x03", b"K\x05K\x03"
    )
    with pytest.raises(PickleRefusedError, match="cannot be understood"):
        unpickle(data).pixels()


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (pickle.dumps([1, 2]), "not a CIFAR batch"),
        (pickle.dumps({b"labels": [1]}), "no data and labels"),
        (pickle.dumps({b"data": [1], b"labels": [1]}), "no data and labels"),
        (cifar_batch(np.zeros((2, 32, 32, 3), np.uint8), [1]), r"expected 1 rows .*\[2, 3072\]"),
        (cifar_batch(np.zeros((1, 16, 16, 3), np.uint8), [1]), r"3072 values, got \[1, 768\]"),
        (cifar_batch(np.zeros((1, 32, 32, 3), np.uint8), [100]), "not numbers from 0 to 99"),
        (cifar_batch(np.zeros((1, 32, 32, 3), np.float32), [1]), "not unsigned bytes"),
    ],
)
def test_bad_batches_are_named(cifar: Cifar, batch: bytes, said: str) -> None:
    folder, _, _ = cifar
    (folder / "data_batch_2").write_bytes(batch)
    with pytest.raises(FaceclusterError, match=f"data_batch_2: .*{said}"):
        read_cifar(folder)


def test_bad_archives_are_named(cifar: Cifar, tmp_path: Path) -> None:
    path = packed(cifar[0])
    whole = path.read_bytes()
    for data in (b"", whole[: len(whole) // 2], b"no archive", whole[:-4]):
        path.write_bytes(data)
        if data != whole[:-4]:  # tar does not look at the checksum of the gzip stream
            with pytest.raises(FaceclusterError, match=r"python\.tar\.gz: "):
                read_cifar(path)
    with tarfile.open(path, "w:gz"):
        pass
    with pytest.raises(FaceclusterError, match="holds no CIFAR batches"):
        read_cifar(path)


def test_nothing_is_unpacked(cifar: Cifar) -> None:
    path = packed(cifar[0], {"../../escaped": b"x", "/absolute": b"x"})
    before = sorted(path.parent.rglob("*"))
    check(read_cifar(path), cifar[1], cifar[2])
    assert sorted(path.parent.rglob("*")) == before
    assert not (path.parent.parent.parent / "escaped").exists()
