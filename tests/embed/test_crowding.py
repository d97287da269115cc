"""The crowding network in numpy, and its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.embed.crowding import CrowdingNetwork, load_network, save_network
from facecluster.embed.spec import SCALES, Crowding
from facecluster.errors import ModelError
from tests.support.crowding import random_network


def units(count: int, dimension: int) -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_scale_is_the_formula_of_the_spec() -> None:
    """One face after the other, one neuron after the other, in double precision."""
    network, rows = random_network(12), units(40, 12)
    told = network.crowding
    for row, found in zip(rows, network.scale(rows), strict=True):
        x = [float(v) for v in row]
        for number, (weights, bias) in enumerate(network.layers):
            if number:
                x = [max(v, 0.0) for v in x]
            x = [
                sum(v * float(w) for v, w in zip(x, weights[:, j], strict=True)) + float(bias[j])
                for j in range(len(bias))
            ]
        r = np.exp(min(max(x[0], network.low), network.high))
        assert found == pytest.approx((told.typical / r) ** (told.exponent / 2), rel=1e-5)


def test_crowded_faces_have_the_larger_scale() -> None:
    network, rows = random_network(12), units(200, 12)
    log_r = network.log_crowding(rows)
    assert network.low <= log_r.min() < log_r.max() <= network.high
    order = np.argsort(log_r)
    assert (np.diff(network.scale(rows)[order]) <= 0).all()


def test_a_face_of_typical_crowding_has_scale_1() -> None:
    layers = ((np.zeros((4, 1), np.float32), np.array([np.log(0.1)], np.float32)),)
    network = CrowdingNetwork(layers, -3, -1, Crowding(0.75, 0.1, 9, ""))
    assert network.scale(units(3, 4)) == pytest.approx([1, 1, 1], abs=1e-6)


def test_file_gives_the_same_network_and_bytes(tmp_path: Path) -> None:
    network = random_network(12)
    save_network(network, tmp_path / "a.npz")
    found = load_network(tmp_path / "a.npz")
    save_network(found, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert found.crowding == network.crowding
    assert np.array_equal(found.scale(units(50, 12)), network.scale(units(50, 12)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive", b"\x93NUMPY"])
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.npz: not the kept weights"):
        load_network(tmp_path / "a.npz")


def test_incomplete_and_missing_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.npz: cannot be read"):
        load_network(tmp_path / "gone.npz")
    np.savez(tmp_path / "a.npz", bounds=[0, 1], crowding=[0.5, 0.1, 3], fitted_on="x")
    with pytest.raises(ModelError, match=r"a\.npz: crowding: its layers"):
        load_network(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", bounds=[0, 1])
    with pytest.raises(ModelError, match=r"b\.npz: not the kept weights"):
        load_network(tmp_path / "b.npz")


def test_what_is_no_such_network_is_refused() -> None:
    network = random_network(12)
    first, *rest = network.layers
    nan = first[0].copy()
    nan[0, 0] = np.nan
    wrong = {
        "one number": {"layers": network.layers[:-1]},
        "an embedding to one": {"layers": ()},
        "do not lead": {"layers": (first, first, *rest)},
        "do not fit": {"layers": ((first[0], first[1][1:]), *rest)},
        "not a number": {"layers": ((nan, first[1]), *rest)},
        "lower bound": {"low": 1.0, "high": 0.0},
        f"where {SCALES[0]} to 5 are allowed": {"low": -20.0},
    }
    for said, values in wrong.items():
        with pytest.raises(ModelError, match=said):
            replace(network, **values)
