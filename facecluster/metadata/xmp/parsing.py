"""XML of others, parsed so that it can open nothing and grow into nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from facecluster.errors import FaceclusterError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARES: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)")
_BLANK: Final = b"\0 \t\r\n"
_TWO_BYTES: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_BOM: Final = b"\xef\xbb\xbf"


class RefusedError(FaceclusterError):
    """A file or packet that is not to be believed; `str(error)` says why, without its name."""


def parsed(data: bytes) -> _Element:
    """The root of an XMP packet, sidecar or contacts.xml. Raises RefusedError.

    Nothing outside is loaded and no entity is put in. lxml is imported here, since most photos
    have no packet.
    """
    from lxml import etree

    if not data.startswith(_TWO_BYTES):
        data = data.strip(_BLANK).removeprefix(_BOM).lstrip(_BLANK)
    if _DECLARES.search(data.replace(b"\0", b"")):
        raise RefusedError("it declares a DOCTYPE or entities, which XMP never does")
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    parser = etree.XMLParser(huge_tree=False, dtd_validation=False, **options)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        told = re.sub(r"\s+", " ", str(error))[:120] or "it is empty"
        raise RefusedError(f"it is not XML ({told})") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise RefusedError("it declares a DOCTYPE or entities, which XMP never does")
    return root
