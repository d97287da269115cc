"""Albums to write results of."""

from __future__ import annotations

from tests.support.made_albums import album, make_album

__all__ = ["album", "make_album"]
