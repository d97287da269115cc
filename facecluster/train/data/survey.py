"""What a set is, told from a listing and a sample, before anything is packed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from facecluster.errors import PhotoError, SettingsError
from facecluster.photos.read import decode, load
from facecluster.records import Picture
from facecluster.train.config import DataConfig
from facecluster.train.data.arrays import ArraySet
from facecluster.train.data.class_folders import Listing, list_classes
from facecluster.train.data.cutters import DECODED_SIZE, show_faces
from facecluster.train.data.kinds import Kind, kind_of, read_arrays

SAMPLE = 24  # pictures that decide on faces, size and colour
FACE_SIZE = 112
SIZES = (16, 32, 64, 112)  # sides in px that are offered for pictures of many sizes
LARGEST_NATIVE = 128
GREY = 4  # largest difference between the channels of what JPEG made of a grey picture


@dataclass(frozen=True, slots=True)
class Survey:
    """What a set is.

    aligned: faces will be found and aligned. native_size: the one side in px that all sampled
    pictures have, None when they differ. suggested_size: the side to train at. channels: 1 when
    all sampled pictures are grey. classes, pictures: how many there are. flips: a mirrored
    picture is of the same class. content: the listing or the arrays themselves, for `load`.
    """

    kind: Kind
    aligned: bool
    native_size: int | None
    suggested_size: int
    channels: int
    classes: int
    pictures: int
    flips: bool
    source: str
    content: Listing | ArraySet = field(repr=False)


def survey(config: DataConfig) -> Survey:
    """Look at `config.dataset`: list it, and decode at most SAMPLE pictures, chosen by seed.

    `align`, `image_size` and `grayscale` of the configuration are followed.
    Raises SettingsError for what is not a set, FaceclusterError for a damaged file.
    """
    kind, path = kind_of(config.dataset)
    if kind == "folders":
        return _folders(config, list_classes(path))
    if config.align == "faces":
        raise SettingsError(
            "data.align",
            f"{config.dataset} holds pictures too small to find faces in; leave the option out",
            config.align,
        )
    return _arrays(config, kind, read_arrays(kind, path))


def _arrays(config: DataConfig, kind: Kind, found: ArraySet) -> Survey:
    height, width = found.pixels.shape[1:3]
    native = height if height == width else None
    suggested = config.image_size or _side(min(height, width))
    return Survey(
        kind=kind,
        aligned=False,
        native_size=native,
        suggested_size=suggested,
        channels=_channels(config, found.pixels.shape[3] == 1),
        classes=len(found.classes),
        pictures=len(found.pixels),
        flips=found.flips,
        source=found.source,
        content=found,
    )


def _side(native: int) -> int:
    """Small pictures of one size keep it; tinier ones are enlarged to what networks can work on."""
    if 28 <= native <= LARGEST_NATIVE:
        return native
    return min(SIZES, key=lambda side: abs(side - native))


def _folders(config: DataConfig, listing: Listing) -> Survey:
    pictures = _sample(listing)
    sides = [min(p.width, p.height) for p in pictures]
    alike = {(p.width, p.height) for p in pictures}
    native = sides[0] if alike == {(sides[0], sides[0])} else None
    aligned = config.align == "faces" or (config.align == "auto" and show_faces(pictures))
    if aligned:
        suggested = FACE_SIZE
    elif native is not None:
        suggested = _side(native)
    else:
        middle = float(np.median(sides))
        suggested = min(SIZES, key=lambda side: abs(side - middle))
    return Survey(
        kind="folders",
        aligned=aligned,
        native_size=native,
        suggested_size=config.image_size or suggested,
        channels=_channels(config, all(map(is_grey, pictures))),
        classes=len(listing.classes),
        pictures=len(listing.files),
        flips=True,
        source=str(listing.root),
        content=listing,
    )


def _channels(config: DataConfig, grey: bool) -> int:
    wanted = grey if config.grayscale is None else config.grayscale
    return 1 if wanted else 3


def is_grey(picture: Picture) -> bool:
    """Whether its three channels are the same but for what JPEG makes of them."""
    values = picture.pixels.astype(np.int16)
    return bool((values.max(axis=2) - values.min(axis=2)).max(initial=0) <= GREY)


def _sample(listing: Listing) -> list[Picture]:
    """SAMPLE readable pictures, the same ones each time. Raises SettingsError without any."""
    order = np.random.default_rng(0).permutation(len(listing.files))
    pictures: list[Picture] = []
    for row in order.tolist():
        try:
            pictures.append(decode(load(listing.root / listing.files[row].path), DECODED_SIZE))
        except PhotoError as error:
            reason = f"{listing.files[row].path}: {error}"
        if len(pictures) == SAMPLE:
            break
    if not pictures:
        raise SettingsError(f"{listing.root}: not one of its pictures can be read ({reason})")
    return pictures
