"""What tests of commands ask for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Run, run_here


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person who runs the tests has set must not decide them."""
    for name in [name for name in os.environ if name.startswith("FACECLUSTER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(open_models: Callable[..., object]) -> Run:
    """Runs `facecluster ARGUMENTS` in this process, with models that stay open.

    obj: what opens the models instead of `open_models`.
    """
    return partial(run_here, obj=open_models)


@pytest.fixture
def report(run: Run, party: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Group the party with options, and give the report that went to stdout."""

    def call(*options: object, **settings: Any) -> dict[str, Any]:
        out = [] if "--out" in options else ["--out", tmp_path / "out"]
        result = run("group", party, "--json", *out, *options, **settings)
        assert result.exit_code == 0, result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    return call
