"""Write runtime.txt, demo.txt and dev.txt beside this file: what `make` installs, with hashes.

    python requirements/hashes.py      (make hashes)

Versions are those of constraints.txt. What belongs to which list follows from setup.cfg and from
the metadata of what is installed here; hashes come from the package index that pip is set to.
PyTorch is in no list: its makers publish several builds of one version, for machines with and
without an accelerator, and each asks for other packages.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from pip._internal.commands import create_command

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LEFT_OUT = frozenset({"torch"})
# What installs our own package, since pip would fetch it without a hash.
BUILD = "setuptools"
LISTS = ("runtime", "demo", "dev")
# Of each release: sources, and wheels for these systems; others build from the sources.
PYTHONS = re.compile(r"^(cp31[1-4]|cp3\d+-abi3|py2\.py3|py3)")
SYSTEMS = re.compile(r"any$|(many|musl)linux.*_(x86_64|aarch64)$|macosx_|win_(amd64|arm64)$")
MARKERS = tuple(
    {"sys_platform": system, "platform_system": name}
    for system, name in (("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows"))
)


def pins() -> dict[str, str]:
    """By name, the line of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): str(pin) for pin in wanted}


def extras() -> dict[str, list[str]]:
    """What setup.cfg asks for, by list."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    more = setup["options.extras_require"]
    split = {name: re.split(r"[;\n]\s*", text.strip()) for name, text in more.items()}
    dev = [line for line in split["dev"] if not line.startswith("facecluster")]
    return {
        "runtime": [*setup["options"]["install_requires"].split(), *split["heic"], BUILD],
        "demo": split["demo"],
        "dev": [*split["train"], *split["jxl"], *split["video"], *dev],
    }


def closure(wanted: Iterable[str]) -> set[str]:
    """The names of these packages and of all that they need, on any system."""
    found: set[tuple[str, str]] = set()
    todo = [Requirement(line) for line in wanted]
    while todo:
        asked = todo.pop()
        for extra in ("", *asked.extras):
            key = (canonicalize_name(asked.name), extra)
            if key in found:
                continue
            found.add(key)
            todo += _needs(asked.name, extra)
    return {name for name, _ in found} - LEFT_OUT


def _needs(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:  # of another system
        return
    for needed in map(Requirement, lines):
        marker = needed.marker
        if marker is None or any(marker.evaluate({**on, "extra": extra}) for on in MARKERS):
            yield needed


def lists() -> dict[str, list[str]]:
    """By list, the names that are not in the ones before."""
    asked, before = extras(), set[str]()
    found = {}
    for name in LISTS:
        names = closure(asked[name]) - before
        before |= names
        found[name] = sorted(names)
    return found


def hashes(files: Iterable[dict[str, Any]], version: str) -> list[str]:
    """The SHA-256 of each file of a release that somebody may need."""
    return sorted(
        file["hashes"]["sha256"] for file in files if _version(file["filename"]) == version
    )


def _version(file: str) -> str:
    """The version of a file that counts; empty for others."""
    if not file.endswith(".whl"):
        return str(parse_sdist_filename(file)[1]) if file.endswith((".tar.gz", ".zip")) else ""
    _, version, _, tags = parse_wheel_filename(file)
    texts = [f"{tag.interpreter}-{tag.abi}" for tag in tags]
    fits = any(PYTHONS.match(text) and not text.endswith("t") for text in texts)
    return str(version) if fits and any(SYSTEMS.match(tag.platform) for tag in tags) else ""


def main() -> None:
    command = create_command("download")
    options, _ = command.parse_args([])  # what pip's settings say
    pinned = pins()
    with command.main_context():
        session = command.get_default_session(options)
        for name, members in lists().items():
            text = [f"# Made by requirements/hashes.py (make hashes) of {name}'s packages."]
            for member in members:
                pin = Requirement(pinned[member])
                answer = session.get(
                    f"{options.index_url}/{member}/",
                    headers={"Accept": "application/vnd.pypi.simple.v1+json"},
                )
                answer.raise_for_status()
                found = hashes(_files(answer.json()), next(iter(pin.specifier)).version)
                assert found, f"{pin}: the index has no such release"
                text.append(" \\\n    ".join([str(pin), *(f"--hash=sha256:{h}" for h in found)]))
            (HERE / f"{name}.txt").write_text("\n".join(text) + "\n", encoding="utf-8")


def _files(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those whose names say what they are."""
    for file in answer["files"]:
        try:
            _version(file["filename"])
        except ValueError:
            continue
        yield file


if __name__ == "__main__":
    main()
