"""The exit codes are part of what scripts rely on."""

from __future__ import annotations

import ast

import pytest

from facecluster.cli.common.exits import Exit
from facecluster.errors import DeviceError, FaceclusterError, OutputError, SettingsError
from tests.support.sources import PACKAGE, place, tree_of


def test_the_codes() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "ERROR": 1,
        "USAGE": 2,
        "SOME_UNREADABLE": 3,
        "INTERRUPTED": 130,
    }


def test_errors_bring_theirs() -> None:
    assert {kind.exit_code for kind in (FaceclusterError, OutputError, DeviceError)} == {Exit.ERROR}
    assert SettingsError.exit_code == Exit.USAGE


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli").rglob("*.py")), ids=place)
def test_no_command_has_codes_of_its_own(path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "exit":
            plain = [a for a in node.args if isinstance(a, ast.Constant)]
            assert not plain, f"{place(path)}:{node.lineno}: name the code"
