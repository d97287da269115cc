"""One XMP packet, or a sidecar, which is the same."""

from __future__ import annotations

from dataclasses import replace

from facecluster.metadata.areas import Size
from facecluster.metadata.records import Region
from facecluster.metadata.xmp import iptc, microsoft, mwg
from facecluster.metadata.xmp.keywords import read_names
from facecluster.metadata.xmp.parsing import parsed
from facecluster.metadata.xmp.tree import descriptions


def read_packet(data: bytes, stored: Size) -> tuple[list[list[Region]], list[str]]:
    """Regions of each kind of entry, the one to believe first; and names without areas.

    stored: the size of the stored picture in px. Raises RefusedError (see `parsing`).
    """
    said = descriptions(parsed(data))
    regions, stale = mwg.read_regions(said, stored, mwg.MWG)
    acdsee, _ = mwg.read_regions(said, stored, mwg.ACDSEE)
    microsofts = microsoft.read_regions(said)
    if stale:  # the same programs write both, and only one says for which picture
        microsofts = [replace(region, box=None) for region in microsofts]
    return [regions, microsofts, acdsee, iptc.read_regions(said, stored)], read_names(said)
