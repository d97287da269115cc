"""Running the command: in this process for speed, in one of its own where that matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from facecluster.cli.main import cli

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person who runs the tests has set must not decide them."""
    for name in [name for name in os.environ if name.startswith("FACECLUSTER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(open_models: Callable[..., object]) -> Run:
    """Run `facecluster ARGUMENTS` in this process; a traceback fails the test.

    obj: what opens the models instead of `open_models`.
    """

    def call(*arguments: object, **settings: Any) -> Result:
        settings = {"obj": open_models} | settings
        result = CliRunner().invoke(cli, [str(a) for a in arguments], **settings)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


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


def process(
    *arguments: object, stdout: int = subprocess.PIPE, **settings: Any
) -> subprocess.CompletedProcess[str]:
    """Run `python -m facecluster ARGUMENTS` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "facecluster", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        **settings,
    )
