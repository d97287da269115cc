"""The XML namespaces of XMP, as the schemas of each program name them, and tags in them."""

from __future__ import annotations

from typing import Final

X: Final = "adobe:ns:meta/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC: Final = "http://purl.org/dc/elements/1.1/"
XMP: Final = "http://ns.adobe.com/xap/1.0/"
TIFF: Final = "http://ns.adobe.com/tiff/1.0/"
LR: Final = "http://ns.adobe.com/lightroom/1.0/"
# Metadata Working Group, Guidelines for Handling Image Metadata 2.0
MWG_RS: Final = "http://www.metadataworkinggroup.com/schemas/regions/"
ST_AREA: Final = "http://ns.adobe.com/xmp/sType/Area#"
ST_DIM: Final = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
# Microsoft Photo, People Tagging
MP: Final = "http://ns.microsoft.com/photo/1.2/"
MPRI: Final = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
MPREG: Final = "http://ns.microsoft.com/photo/1.2/t/Region#"
# IPTC Photo Metadata Standard 2019
IPTC_EXT: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
ACDSEE_RS: Final = "http://ns.acdsee.com/regions/"
ACDSEE_AREA: Final = "http://ns.acdsee.com/sType/Area#"
ACDSEE_DIM: Final = "http://ns.acdsee.com/sType/Dimensions#"
DIGIKAM: Final = "http://www.digikam.org/ns/1.0/"
DIGIKAM_BEFORE: Final = "http://www.digikam.org/"  # up to digiKam 4

# The prefixes by which these are known, for what is written anew.
PREFIXES: Final = {
    "x": X,
    "rdf": RDF,
    "dc": DC,
    "xmp": XMP,
    "tiff": TIFF,
    "lr": LR,
    "mwg-rs": MWG_RS,
    "stArea": ST_AREA,
    "stDim": ST_DIM,
    "MP": MP,
    "MPRI": MPRI,
    "MPReg": MPREG,
    "Iptc4xmpExt": IPTC_EXT,
    "digiKam": DIGIKAM,
}


def tag(namespace: str, name: str) -> str:
    """The name of an element or attribute as lxml has it: `{namespace}name`."""
    return f"{{{namespace}}}{name}"
