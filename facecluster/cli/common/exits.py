"""The exit codes of all commands: scripts and schedulers rely on them."""

from __future__ import annotations

from enum import IntEnum

from facecluster.errors import FaceclusterError, SettingsError


class Exit(IntEnum):
    """How a command ended. Codes of errors come with the error, so that Python users have them."""

    DONE = 0
    ERROR = FaceclusterError.exit_code  # 1: something that a user can mend, or a bug of ours
    USAGE = SettingsError.exit_code  # 2, as click has it: a wrong option, setting or folder
    SOME_UNREADABLE = 3  # done, but some photos or pictures could not be read
    INTERRUPTED = 130  # 128 + SIGINT, as shells have it; the same command goes on
