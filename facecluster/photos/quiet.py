"""Keeps the decoders from writing to the terminal: what is wrong with a photo goes to its row."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import logging
import re
import warnings
from typing import Final

import PIL._imaging

_MODULES: Final = r"(PIL|pillow_heif)\..*"
_FILTER: Final = ("ignore", None, Warning, re.compile(_MODULES), 0)


def silence_decoders() -> None:
    """Mute Pillow's warnings and log lines, and libtiff's error messages, for the process.

    The filter for warnings is put back whenever somebody has taken it away, as `catch_warnings`
    does on leaving; it is not `catch_warnings` itself, which threads would pull from each other.
    """
    if _FILTER not in warnings.filters:
        warnings.filterwarnings("ignore", module=_MODULES)
    _silence_libraries()


@functools.cache
def _silence_libraries() -> None:
    """libtiff writes to standard error by itself, and Pillow does not offer its switch.

    It is reached through the extension module that links it. Where that hides its symbols
    (Windows, where the libraries are built in), a damaged TIFF may still print a line.
    """
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    with contextlib.suppress(OSError, AttributeError, TypeError):
        libtiff = ctypes.CDLL(PIL._imaging.__file__)
        for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
            switch = getattr(libtiff, name)
            switch.argtypes, switch.restype = [ctypes.c_void_p], ctypes.c_void_p
            switch(None)
