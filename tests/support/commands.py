"""Running the command: in this process for speed, in one of its own where that matters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from facecluster.cli.main import cli

Run = Callable[..., Result]


def run_here(*arguments: object, **settings: Any) -> Result:
    """Run `facecluster ARGUMENTS` in this process; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(a) for a in arguments], **settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


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
