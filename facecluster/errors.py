"""What can go wrong in a way that a user can mend, each as one sentence.

A sentence speaks of settings by their names in the configuration, in backquotes: `output.folder`,
`cluster.distance`. Python users read it as it stands; the command line puts its options in their
place (`cli.common.fields`), prints it and ends with `exit_code`. Anything else is a bug of ours.
"""

from __future__ import annotations

from typing import overload


class FaceclusterError(Exception):
    """One clear sentence naming the file or setting, and what to do about it."""

    exit_code = 1


class SettingsError(FaceclusterError):
    """What was asked for cannot be used: a setting, a settings file, or the folder to work on.

    Made from a whole sentence, or, as OSError is, from its parts: the dotted name of the setting
    (`cluster.distance`, or a function's parameter such as `opset`), the reason, and the value that
    was given where it helps. They stay as attributes; `field` is None for a whole sentence.

        >>> str(SettingsError("cluster.distance", "give a number between 0 and 2", 3))
        '`cluster.distance` 3: give a number between 0 and 2'
    """

    exit_code = 2
    field: str | None
    reason: str
    value: object

    @overload
    def __init__(self, sentence: str, /) -> None: ...
    @overload
    def __init__(self, field: str, reason: str, value: object = None) -> None: ...
    def __init__(self, field: str, reason: str | None = None, value: object = None) -> None:
        if reason is None:
            super().__init__(field)
            self.field, self.reason, self.value = None, field, None
            return
        given = "" if value is None else f" {value}"
        super().__init__(f"`{field}`{given}: {reason}")
        self.field, self.reason, self.value = field, reason, value


class PhotosGoneError(FaceclusterError):
    """The photo folder of an earlier run is empty or not there, as when a drive is not mounted."""


class ModelError(FaceclusterError):
    """An ONNX file is missing, damaged, or does not carry the spec that we understand."""


class DeviceError(FaceclusterError):
    """The wanted accelerator is not served by the installed ONNX Runtime."""


class LibraryError(FaceclusterError):
    """The index file cannot be opened, is damaged, or was written by a newer facecluster."""


class OutputError(FaceclusterError):
    """The output folder cannot be written (rights, full disk, a file in the way)."""


class ReportError(FaceclusterError):
    """What should be a report.json is not one, or was written by a newer facecluster."""


class PhotoError(FaceclusterError):
    """One photo cannot be decoded; `str(error)` is the reason shown in the report."""


class MemoryPhotoError(PhotoError):
    """A photo that other days could be read: memory ran out, or reading it was cut short."""
