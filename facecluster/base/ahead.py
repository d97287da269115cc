"""Modules loaded beside other work, so that nobody waits for them when they are wanted."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

from facecluster.base.memory import address_limit


def load_ahead(*modules: str) -> Thread:
    """Import these modules, one after the other, in a thread of its own.

    Gives the thread; nobody needs to wait for it, since whoever imports the same waits by himself.
    It pays where the others work outside of Python meanwhile: opening models, reading photos. Where
    addresses are counted (`ulimit -v`) nothing is loaded before its time.
    """
    if address_limit() is not None:
        modules = ()
    thread = Thread(target=_load, args=(modules,), name="load-ahead", daemon=True)
    thread.start()
    return thread


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        try:
            import_module(module)
        except ImportError:  # whoever wants it says what is missing
            return
