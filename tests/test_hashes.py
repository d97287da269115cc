"""The lists that `make` installs from hold what is needed, in the versions of constraints.txt."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.sources import ROOT

TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "requirements" / "hashes.py"))
_ENTRY = re.compile(r"^(\S+==[^\\\n]+?)((?: \\\n {4}--hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def entries(name: str) -> dict[str, str]:
    """By package, the pin in a list."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = [Requirement(pin) for pin, _ in _ENTRY.findall(text)]
    assert len(pins) == len(re.findall("^[^ #].*==", text, re.MULTILINE))  # each has a hash
    return {canonicalize_name(pin.name): str(pin) for pin in pins}


def test_the_lists_are_those_of_the_pins() -> None:
    found = {name: pin for listed in TOOL["LISTS"] for name, pin in entries(listed).items()}
    pins = TOOL["pins"]()
    assert found == {name: pin for name, pin in pins.items() if name not in TOOL["LEFT_OUT"]}


def test_each_list_holds_what_its_packages_need() -> None:
    assert {name: sorted(entries(name)) for name in TOOL["LISTS"]} == TOOL["lists"]()


def test_what_a_run_needs_is_not_what_training_needs() -> None:
    assert "torch" not in entries("runtime") | entries("demo") | entries("dev")
    assert {"onnx", "pytest"} <= set(entries("dev"))
    assert {"onnxruntime", "pillow-heif"} <= set(entries("runtime"))


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("numpy-2.4.6.tar.gz", True),
        ("numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", True),
        ("numpy-2.4.6-cp314-cp314-macosx_14_0_arm64.whl", True),
        ("numpy-2.4.6-cp312-cp312-win_amd64.whl", True),
        ("click-2.4.6-py3-none-any.whl", True),
        ("ruff-2.4.6-py3-none-musllinux_1_2_aarch64.whl", True),
        ("psutil-2.4.6-cp36-abi3-macosx_10_9_x86_64.whl", True),
        ("numpy-2.4.6-cp310-cp310-win_amd64.whl", False),
        ("numpy-2.4.6-cp314-cp314t-win_amd64.whl", False),
        ("numpy-2.4.6-cp312-cp312-win32.whl", False),
        ("numpy-2.4.6-cp312-cp312-manylinux_2_28_s390x.whl", False),
        ("numpy-2.4.6-pp311-pypy311_pp73-win_amd64.whl", False),
        ("numpy-2.4.5-cp312-cp312-win_amd64.whl", False),
    ],
)
def test_files_that_somebody_may_need_are_listed(file: str, counts: bool) -> None:
    files = [{"filename": file, "hashes": {"sha256": "ab" * 32}}]
    assert TOOL["hashes"](files, "2.4.6") == ["ab" * 32] * counts


def test_no_host_is_named() -> None:
    for path in (ROOT / "requirements").iterdir():
        if path.is_file():
            assert "://" not in path.read_text(encoding="utf-8"), Path(path.name)
