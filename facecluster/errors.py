"""What can go wrong in a way that a user can mend, each as one sentence.

The command line turns these into a message and `exit_code`; anything else is a bug of ours.
"""

from __future__ import annotations


class FaceclusterError(Exception):
    """One clear sentence naming the file or option, and what to do about it."""

    exit_code = 1


class SettingsError(FaceclusterError):
    """An option, environment variable or configuration file holds a value that cannot be used."""

    exit_code = 2


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
