"""Files of torch.save: torch.load is the oracle, and lies are refused."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from facecluster.errors import ModelError  # noqa: E402
from facecluster.train.model.torch_file import read_torch  # noqa: E402
from tests.support.evil_pickles import BOMBS, FOUR, LIES, archive, tensor  # noqa: E402

OLD = {"_use_new_zipfile_serialization": False}


def same(one: Any, two: Any) -> bool:
    if isinstance(one, torch.Tensor):
        alike = one.dtype == two.dtype and one.stride() == two.stride() and one.shape == two.shape
        return alike and torch.equal(one.detach(), two)
    if isinstance(one, dict):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(two) and all(map(same, one, two)) and len(one) == len(two)
    return bool(one == two) or str(one) == str(two) == "nan"


def everything() -> dict[str, Any]:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    grid = torch.arange(12.0).reshape(3, 4)
    kinds = (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
             torch.int8, torch.uint8, torch.bool)  # fmt: skip
    return {
        "network": network.state_dict(), "optimizer": optimizer.state_dict(),
        "own": torch.nn.Parameter(torch.ones(2)), "kind": torch.float16,
        "size": torch.Size([2, 3]), "device": torch.device("cpu"),
        "kinds": [torch.ones(2, dtype=kind) for kind in kinds], "turned": grid.T[1:],
        "twice": [grid, grid], "none": torch.zeros(0, 3), "one": torch.tensor(3),
        "rng": torch.get_rng_state(), "nan": float("nan"), "pair": (1, (2.5, "x")),
        3: OrderedDict(b=1, a=2), "void": None,
    }  # fmt: skip


@pytest.mark.parametrize("how", [{}, OLD], ids=["archive", "before 1.6"])
def test_the_same_as_torch_load(tmp_path: Path, how: dict[str, Any]) -> None:
    torch.save(everything(), tmp_path / "a.pt", **how)
    found = read_torch(tmp_path / "a.pt", "no")
    assert same(torch.load(tmp_path / "a.pt", weights_only=True), found)
    assert found["twice"][0].data_ptr() == found["twice"][1].data_ptr()
    found["one"] += 1  # its memory is its own
    torch.save(found, tmp_path / "b.pt")
    assert same(found, torch.load(tmp_path / "b.pt", weights_only=True))


def test_a_dictionary_of_python_2(tmp_path: Path) -> None:
    pairs = b"\x80\x02ccollections\nOrderedDict\n](](U\x01aK\x01e](U\x01bK\x02ee\x85R."
    assert pickle.loads(pairs) == OrderedDict(a=1, b=2)
    (tmp_path / "a.pt").write_bytes(archive(pairs, {}))
    assert read_torch(tmp_path / "a.pt", "no") == {"a": 1, "b": 2}


def test_what_the_lies_are_made_of_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(archive(tensor(2), FOUR))
    assert read_torch(tmp_path / "a.pt", "no")["w"].tolist() == [1, 2]


@pytest.mark.parametrize("what", LIES)
def test_lies_are_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "a.pt").write_bytes(LIES[what]())
    with pytest.raises(ModelError, match=r"a\.pt: not weights \(.+\)$"):
        read_torch(tmp_path / "a.pt", "not weights")


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_are_refused(tmp_path: Path, what: str) -> None:
    for data in (BOMBS[what], archive(BOMBS[what], {})):
        (tmp_path / "a.pt").write_bytes(data)
        with pytest.raises(ModelError, match=r"a\.pt: not weights \(.+\)$"):
            read_torch(tmp_path / "a.pt", "not weights")


def test_old_storages_that_are_not_there(tmp_path: Path) -> None:
    torch.save({"w": torch.arange(8.0)}, tmp_path / "a.pt", **OLD)
    whole = (tmp_path / "a.pt").read_bytes()
    cases = {
        "cut": whole[:-4],
        "counts": whole[:-40] + (9).to_bytes(8, "little") + whole[-32:],
        "larger": whole.replace(b"K\x08Nt", b"J\xff\xff\xff\x7fNt"),
        "keys": whole.replace(b"\x80\x02]q\x00X", b"\x80\x02]q\x01Y"),
    }
    for what, data in cases.items():
        assert data != whole, what
        (tmp_path / "a.pt").write_bytes(data)
        with pytest.raises(ModelError):
            read_torch(tmp_path / "a.pt", "no")


@pytest.mark.parametrize("kind", ["empty", "text", "folder", "absent", "half"])
def test_other_files(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.pt"
    if kind == "folder":
        path.mkdir()
    elif kind != "absent":
        path.write_bytes({"empty": b"", "text": b"my weights", "half": b"PK\3\4"}[kind])
    with pytest.raises(ModelError, match=r"a\.pt"):
        read_torch(path, "no")
