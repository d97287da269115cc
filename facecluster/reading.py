"""Photos in, faces with embeddings out: every core busy, and nothing held longer than needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from facecluster.base.ahead import ask_ahead
from facecluster.base.machine import cores
from facecluster.base.memory import is_lack
from facecluster.base.pool import pooled
from facecluster.config import ReadConfig
from facecluster.embed.embedder import Embedder
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError, MemoryPhotoError, PhotoError
from facecluster.faces.align import align, inside
from facecluster.faces.detect import Detector
from facecluster.faces.drawn import drawn_faces
from facecluster.faces.find import Finder
from facecluster.faces.quality import clarity
from facecluster.faces.refine import refine
from facecluster.faces.thumbnail import thumbnails
from facecluster.faces.whole import whole_detection, whole_picture
from facecluster.guard.guard import Guard
from facecluster.guard.share import share_out
from facecluster.library.readings import Reading
from facecluster.library.storage.renewed import EarlierReader
from facecluster.photos.image_hash import content_id, image_hash
from facecluster.photos.picture_hash import picture_hash
from facecluster.photos.read import digest, header
from facecluster.photos.video.frames import ENDINGS
from facecluster.records import (
    Detections,
    FaceBatch,
    FaceTable,
    Floats,
    PhotoFile,
    PhotoRow,
    Picture,
)
from facecluster.videos import read_video, watch

# Long side in px at which photos are decoded at least: the crops of small faces come from here.
DECODED_SIZE = 1600
# Raise it when reading the same photo begins to give other numbers.
READING_VERSION = 5
OVERLAP = 4  # photos per core that are in work where an accelerator runs the models
IN_FLIGHT = 3  # photos per thread that may be in work or wait for their turn

Keep = Callable[[str, list[bytes]], None]


class Reader:
    """Reads one photo at a time; safe to call from several threads.

    Raises ModelError or DeviceError when the models cannot be opened.
    """

    def __init__(self, config: ReadConfig) -> None:
        self.finder = Finder(Detector(config.detail, config.device), config.turned)
        self.embedder = Embedder(config.model, config.device)
        self._begun = False
        self._template = np.asarray(self.embedder.spec.template, np.float32)

    @property
    def threads(self) -> int:
        """Photos that are best in work at once: one per core; more where an accelerator takes the
        faces of several photos in one call and the cores only decode."""
        return cores() * (OVERLAP if self.embedder.accelerated else 1)

    @property
    def id(self) -> str:
        """Names everything that decides what a photo's faces look like in the index."""
        return f"{READING_VERSION}/{self.finder.id}/{self.embedder.model_id}"

    @property
    def earlier(self) -> EarlierReader | None:
        """The reader before second looks: it read photos alike that this one looks at no more."""
        if self.finder.turned == "always":
            return None
        id = f"{READING_VERSION}/{self.finder.detector.id}/{self.embedder.model_id}"
        return EarlierReader(id, self.finder.tuning.sure)

    def read(
        self,
        root: Path,
        file: PhotoFile,
        known: Collection[str],
        keep: Keep,
        guard: Guard,
        alone: bool = True,
    ) -> Reading | None:
        """Faces of one photo; a photo that can't be read says why. Bytes in `known` (digests) are
        not decoded again. `keep` is given the digest and the thumbnails of the faces. None for a
        photo that is to be read again when no other is in work (`alone`)."""
        is_video = os.path.splitext(file.path)[1].lower() in ENDINGS
        look = self._watch if is_video else self._read
        return look(root, file, known, keep, guard, alone)

    def _read(
        self,
        root: Path,
        file: PhotoFile,
        known: Collection[str],
        keep: Keep,
        guard: Guard,
        alone: bool,
    ) -> Reading | None:
        name = ""
        try:
            with guard.room(file.size) as held:
                data = guard.load(root / file.path)
                name, image = digest(data), image_hash(data)
                if (seen := self._seen(file, data, name, image, known)) is not None:
                    return seen
                blamed = guard.blamed(name, file.path)
                if blamed and not alone:
                    return None
                with guard.noted(name):
                    side = decoded_size(self.embedder.spec)
                    picture = guard.decode(data, side, held=held, apart=blamed)
                    del data
                    faces = self.faces(picture)
                    content = content_id(image, picture.orientation, self.id)
                    keep(content, thumbnails(picture, faces.detections))
                    code = self._hash(picture, faces)
        except MemoryPhotoError as error:
            return Reading(file, name, problem=str(error), for_now=True)
        except PhotoError as error:
            return Reading(file, name, problem=str(error))
        except Exception as error:  # libraries in C++ have errors of their own for it
            if not is_lack(error):
                raise
            lack = "not enough memory for a photo of this size"
            return Reading(file, name, problem=lack, for_now=True)
        guard.clear(name)
        about = (picture.width, picture.height, picture.orientation, picture.taken)
        found = Reading(file, name, *about, faces=faces, picture_hash=code)
        return replace(found, image=image, content=content)

    def _seen(
        self, file: PhotoFile, data: bytes, name: str, image: str, known: Collection[str]
    ) -> Reading | None:
        """What can be said of a photo whose picture was read already, by its header alone: another
        name, or other tags. None where it was not, or is turned now."""
        if name in known:  # as an earlier version knew it
            return Reading(file, name)
        ways = {turn: content_id(image, turn, self.id) for turn in range(1, 9)}
        if not any(content in known for content in ways.values()):
            return None
        turn, taken = header(data)
        found = Reading(file, name, orientation=turn, taken=taken, image=image)
        return replace(found, content=ways[turn]) if ways[turn] in known else None

    def _watch(
        self,
        root: Path,
        file: PhotoFile,
        known: Collection[str],
        keep: Keep,
        guard: Guard,
        alone: bool,
    ) -> Reading | None:
        """Who is in a video; all else as `read`."""
        seen = partial(watch, find=self.faces, spec=self.embedder.spec)
        return read_video(root, file, known, keep, guard, alone, seen, self.id)

    def _hash(self, picture: Picture, faces: FaceBatch) -> bytes:
        """What copies of the photo are known by. Whole pictures, such as digits, may look the same
        and be different ones."""
        wanted = len(faces) and self.embedder.spec.align != "none"
        return picture_hash(picture.pixels) if wanted else b""

    def faces(self, picture: Picture) -> FaceBatch:
        """Detect, refine, align and embed. The faces of one photo are one batch, whatever else is
        in flight, so that their numbers never depend on the order of photos or on threads. A model
        of whole pictures takes the picture itself as its one face."""
        if self.embedder.spec.align == "none":
            return self._whole(picture)
        if not self._begun:
            self._begun = True
            ask_ahead(self.embedder.session)  # opened beside the detector
        return self._described(picture, self.finder.detect(picture))

    def drawn(self, picture: Picture, boxes: Floats) -> FaceBatch:
        """The faces in these boxes, float32 [N, 4] in photo px, whatever the detector finds there.
        Needs a model of faces."""
        return self._described(picture, drawn_faces(boxes))

    def _described(self, picture: Picture, found: Detections) -> FaceBatch:
        found = refine(self.finder.detector, picture, found)
        landmarks = (found.landmarks / np.asarray(picture.scale)).astype(np.float32)
        size = self.embedder.spec.crop_size
        crops = align(picture.pixels, landmarks, self._template, size)
        height, width = picture.pixels.shape[:2]
        covered = inside(width, height, landmarks, self._template, size)
        embeddings, consistency = self.embedder.embed(crops)
        return FaceBatch(found, clarity(crops, covered), consistency, embeddings)

    def _whole(self, picture: Picture) -> FaceBatch:
        size = self.embedder.spec.crop_size
        crops = whole_picture(picture.pixels, size)[None]
        embeddings, consistency = self.embedder.embed(crops)
        found = whole_detection(picture, self._template, size)
        return FaceBatch(found, clarity(crops, np.ones(1, np.float32)), consistency, embeddings)


def decoded_size(spec: ModelSpec) -> int:
    """Long side in px at which photos are decoded at least, for a model's crops.

    For whole pictures four times the crop, so that even a strip of 4:1 is not enlarged after it
    was reduced; training does the same.
    """
    return 4 * spec.crop_size if spec.align == "none" else DECODED_SIZE


def read_picture(path: Path, spec: ModelSpec) -> Picture:
    """The upright picture, as large as the model's crops need it.

    Raises FaceclusterError that names the file when it cannot be read.
    """
    try:
        with Guard() as guard:
            return guard.decode(guard.load(path), decoded_size(spec))
    except PhotoError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error})") from error


def read_photos(
    reader: Reader,
    root: Path,
    files: Iterable[PhotoFile],
    known: Collection[str],
    keep: Keep,
    threads: int = 0,
    guard: Guard | None = None,
) -> Iterator[Reading]:
    """Read `files` in `threads` threads, each reading as soon as it is ready.

    threads: 0 for as many as suit the machine. guard: which brings its own number of threads; None
    for one by the machine. At most IN_FLIGHT photos per thread are in memory. Closing the iterator
    starts no more photos; see `pooled` for those in work.
    """
    if guard is None:
        with Guard(share_out(None, threads or reader.threads)) as careful:
            yield from read_photos(reader, root, files, known, keep, guard=careful)
        return
    later: list[PhotoFile] = []

    def read(file: PhotoFile) -> tuple[PhotoFile, Reading | None]:
        return file, reader.read(root, file, known, keep, guard, alone=False)

    def read_alone(file: PhotoFile) -> Reading | None:
        return reader.read(root, file, known, keep, guard)

    name = "reader"
    for file, reading in pooled(read, files, guard.threads, IN_FLIGHT, ordered=False, name=name):
        if reading is None:
            later.append(file)
        else:
            yield reading
    yield from filter(None, pooled(read_alone, later, 1, 1, ordered=True, name=name))


def restore_thumbnails(
    root: Path, photos: Sequence[PhotoRow], faces: FaceTable, missing: Collection[int], keep: Keep
) -> None:
    """Make the thumbnails of the photos `missing` (rows of `photos`) again, from their boxes.

    A photo that cannot be read any more goes without.
    """
    order = np.lexsort((faces.ordinal, faces.photo))
    photo = faces.photo[order]
    for row in missing:
        try:
            with Guard() as guard:
                picture = guard.decode(guard.load(root / photos[row].path), DECODED_SIZE)
        except PhotoError:
            continue
        mine = order[np.searchsorted(photo, row) : np.searchsorted(photo, row, side="right")]
        found = Detections(faces.boxes[mine], faces.landmarks[mine], faces.scores[mine])
        keep(photos[row].key, thumbnails(picture, found))
