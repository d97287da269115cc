"""Which models a run was exported to, and what may be overwritten. Loads no torch.

exports.json in a run's folder is a list, newest last, of objects with `path` (absolute), `sha256`,
`time` (ISO 8601), `mirror` and `int8`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facecluster.base.atomic import write_atomic
from facecluster.embed.spec import PREFIX
from facecluster.errors import OutputError
from facecluster.train.plain import from_plain
from facecluster.train.run.folders import BEST, EXPORTS, HISTORY, LAST

OPSET = 18  # what PyTorch's exporter writes without conversion, and what ONNX Runtime 1.18 runs
OPSETS = (18, 23)  # the lowest and highest that every backbone was proven with

MODEL, MODEL_INT8 = "model.onnx", "model-int8.onnx"


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """One line of exports.json."""

    path: str
    sha256: str
    time: str
    mirror: bool
    int8: bool


def run_of(checkpoint: Path) -> Path | None:
    """The run that a checkpoint lies in, None for a file that somebody has put elsewhere."""
    folder = checkpoint.parent
    known = checkpoint.name in (BEST, LAST) or (folder / HISTORY).is_file()
    return folder if known else None


def read_exports(run: Path) -> tuple[ExportEntry, ...]:
    """What was exported from a run, newest last; lines that cannot be understood are left out."""
    try:
        lines: Any = json.loads((run / EXPORTS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    entries = []
    for line in lines if isinstance(lines, list) else []:
        try:
            entries.append(from_plain(ExportEntry, line))
        except ValueError:
            continue
    return tuple(entries)


def note_export(run: Path, entry: ExportEntry) -> None:
    """Append to exports.json; an older entry of the same file goes. Raises OutputError."""
    others = [old for old in read_exports(run) if old.path != entry.path]
    lines = [asdict(each) for each in (*others, entry)]
    write_atomic(run / EXPORTS, (json.dumps(lines, indent=1) + "\n").encode())


def check_target(path: Path, force: bool) -> None:
    """Raise OutputError unless `path` is free, holds a model with our metadata, or `force` is set.

    A folder is never replaced.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file, such as {path / MODEL}")
    if path.exists() and not force and not _is_ours(path):
        raise OutputError(
            f"{path}: exists and is not a model of facecluster; choose another name, or overwrite "
            "it with `force`"
        )


def _is_ours(path: Path) -> bool:
    from onnx import ModelProto

    from facecluster.runtime import read_model  # ONNX Runtime is not wanted for --help

    data = read_model(path)
    try:
        made = ModelProto.FromString(data)
    except Exception:  # protobuf's DecodeError, of a package that onnx brings along
        return False
    return any(entry.key == PREFIX + "spec" for entry in made.metadata_props)
