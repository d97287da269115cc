"""Start-up beside the reading of photos, where a processor often has nothing to do."""

from __future__ import annotations

from threading import Thread

from facecluster.base.ahead import load_ahead


def warm_up() -> Thread:
    """Import in the background what `find_people` will want: a fifth of a second of work."""
    return load_ahead("scipy.cluster.hierarchy", "scipy.sparse")
