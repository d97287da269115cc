"""Work done beside other work, so that nobody waits for it when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
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


def ask_ahead(value: Callable[[], object]) -> Thread:
    """Ask for a value that is made once, in a thread of its own, before it is wanted.

    Gives the thread. What is raised is left to whoever wants the value and asks for it again.
    """
    thread = Thread(target=_ask, args=(value,), name="ask-ahead")
    thread.start()
    return thread


def _ask(value: Callable[[], object]) -> None:
    with suppress(Exception):
        value()


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        try:
            import_module(module)
        except ImportError:  # whoever wants it says what is missing
            return
