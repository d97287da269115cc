"""What stands in a settings file: TOML, in whatever form of Unicode an editor has saved it."""

from __future__ import annotations

import codecs
import io
import tomllib
from pathlib import Path
from typing import Any, Final

from facecluster.errors import SettingsError

LARGEST: Final = 64 * 1024  # bytes; no hand writes more, and reading a list of lists takes its time
# What a text may begin with to say how it is written. UTF-32 first, as it begins like UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_NOT_UTF8: Final = "it is not text in UTF-8; save it as UTF-8"


def read_settings(path: Path) -> dict[str, Any]:
    """The keys of the file with their values. Raises SettingsError that names the file."""
    try:
        return tomllib.loads(_text(_bytes(path)))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML ({_NOT_UTF8})") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: not valid TOML (lists in lists without end)") from error
    except ValueError as error:  # its syntax, or a number of thousands of digits
        raise SettingsError(f"{path}: not valid TOML ({error})") from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > LARGEST:
        raise SettingsError(
            f"{path}: larger than {LARGEST // 1024} KB, so not a settings file; give a shorter one"
        )
    return data


def _text(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    with io.TextIOWrapper(io.BytesIO(data), encoding) as file:
        text = file.read()
    if "\0" in text:  # UTF-16 that does not say so
        raise ValueError(_NOT_UTF8)
    return text
