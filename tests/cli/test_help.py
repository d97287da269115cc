"""Help is quick because it imports next to nothing, and says what the commands do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster import __version__
from facecluster.cli.main import COMMANDS, cli
from tests.support.commands import Run, process

HEAVY = {
    "cv2",
    "faiss",
    "hdbscan",
    "jinja2",
    "numpy",
    "onnxruntime",
    "PIL",
    "rich",
    "scipy",
    "sklearn",
}
DUMP = """
import sys
from facecluster.cli.main import main
try:
    main()
finally:
    print("MODULES", *{name.split(".")[0] for name in sys.modules})
"""


def modules(*arguments: object) -> set[str]:
    """What a process that ran `facecluster ARGUMENTS` has imported."""
    command = [sys.executable, "-c", DUMP, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["completion", "bash"], *([c, "--help"] for c in COMMANDS)],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    loaded = modules(*arguments)
    assert "click" in loaded
    assert not loaded & (HEAVY | {"torch"})


def test_grouping_never_imports_torch(party: Path) -> None:
    loaded = modules("group", party)
    assert loaded >= HEAVY - {
        "faiss",
        "hdbscan",
        "sklearn",
    }  # so that the list above means something
    assert not loaded & {"torch", "torchvision", "onnx", "matplotlib", "skimage"}


def test_every_command_is_listed_and_explains_itself(run: Run) -> None:
    overview = run("--help").output
    for name, (_, line) in COMMANDS.items():
        assert f"{name} " in overview
        assert line in overview
        assert "Examples:" in run(name, "--help").output
        assert run(name, "-h").output == run(name, "--help").output


def test_every_option_is_explained() -> None:
    context = cli.make_context("facecluster", ["--help"], resilient_parsing=True)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), (name, parameter.name)


def test_the_command_without_anything_shows_help(run: Run) -> None:
    for arguments in ([], ["group"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Usage: " in result.output


def test_an_unknown_command_or_option_is_a_usage_error(run: Run) -> None:
    for arguments in (["regroup"], ["group", ".", "--nonsense"], ["--nonsense"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1].startswith("Error: No such ")


def test_the_version(run: Run) -> None:
    assert run("--version").output == f"facecluster, version {__version__}\n"
    assert process("--version").stdout == f"facecluster, version {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Run, shell: str) -> None:
    script = run("completion", shell)
    assert script.exit_code == 0
    assert f"_FACECLUSTER_COMPLETE={shell}_complete" in script.output


def test_completion_offers_commands_and_options() -> None:
    def complete(line: str) -> list[str]:
        asked = {
            "_FACECLUSTER_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split()) - 1),
        }
        code = (
            "import sys; from facecluster.cli.main import main; sys.argv = ['facecluster']; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | asked,
            capture_output=True,
            text=True,
            check=False,
        )
        return [answer.split(",")[1] for answer in done.stdout.split()]

    assert "group" in complete("facecluster gr")
    assert {"--method", "--min-photos"} <= set(complete("facecluster group --m"))
    assert complete("facecluster group --method hd") == ["hdbscan"]
