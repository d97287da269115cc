"""The faces of a photo, whatever its shape and whichever way up they are.

The detector's own looks are enough for nearly all photos. Where they found nothing that is surely a
face, others follow: coarse ones for close-ups, and turned ones for faces that lie or stand on their
head. The detector was trained on upright faces: of one on its head it finds half, with the mouth
where the eyes are, and is less sure of it than of an upright one.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from facecluster.config import Turned
from facecluster.faces.detect import Detector, around, joined, merged, non_maximum_suppression, take
from facecluster.faces.pieces import PIECES, PieceTuning, cut, pieces, placed
from facecluster.faces.scale import within
from facecluster.faces.turned import TURNS, turned, turned_back
from facecluster.records import Detections, Floats, Picture, Pixels


@dataclass(frozen=True, slots=True)
class SecondTuning:
    """When a photo is looked at again, and how; docs/decisions/013-second-looks.md.

    sure: score of the surest face, from which on nothing more is looked for; below it a look at
    this face alone, as it is and turned, says whether it stands. sound: without a face of that
    score there may be a close-up; a turned photo with one is not turned further.
    tile: side in px of that look, a multiple of the detector's stride. tile_cue: score of
    candidates that count there. room: what is seen there of the photo on each side of the face, in
    its own sides. close: long side in px of the look for close-ups. turns: the same of the
    first looks at the turned photo. other: of the photo's long side, above which a look shows
    nothing new. gain: by how much the look for close-ups must be surer of a face that was found
    before, and seen in more detail. cue: of a candidate in a turned photo, from which on that is
    looked at as an upright one is. score: from which on that gives a face. part: share of a box
    inside the box of a surer face, beyond which it is a part of that one.
    """

    sure: float = 0.91
    sound: float = 0.9
    tile: int = 96
    tile_cue: float = 0.5
    room: float = 0.3
    close: int = 224
    turns: int = 256
    other: float = 0.75
    gain: float = 0.05
    cue: float = 0.6
    score: float = 0.8
    part: float = 0.7


SECOND = SecondTuning()


class Finder:
    """Finds the faces of photos; safe to call from several threads.

    turned: whether to look for faces that do not stand upright: `auto` where no sure face was
    found, `always`, or `never`.
    """

    def __init__(
        self,
        detector: Detector,
        turned: Turned = "auto",
        tuning: SecondTuning = SECOND,
        cutting: PieceTuning = PIECES,
    ) -> None:
        self.detector = detector
        self.turned = turned
        self.tuning = tuning
        self._cutting = cutting

    @property
    def id(self) -> str:
        """Names everything that decides which faces are found."""
        own = (*astuple(self.tuning), *astuple(self._cutting))
        return f"{self.detector.id}+{self.turned}{own}"

    def detect(self, picture: Picture) -> Detections:
        """The faces of one picture in photo px, best score first."""
        parts = pieces(picture, self._cutting)
        seen = [cut(picture.pixels, part) for part in parts]
        found = [self._upright(pixels) for pixels in seen]
        if self.turned == "always" or (
            self.turned == "auto" and not any(map(self._stands, seen, found))
        ):
            found = [self._any_way(*pair) for pair in zip(seen, found, strict=True)]
        if len(parts) > 1:
            shape = picture.pixels.shape
            own = [placed(*pair, shape) for pair in zip(found, parts, strict=True)]
            found = [merged(*own, iou=self.detector.tuning.iou)]
        faces, scale = found[0], np.asarray(picture.scale, np.float32)
        return Detections(faces.boxes * np.tile(scale, 2), faces.landmarks * scale, faces.scores)

    def _sound(self, faces: Detections) -> bool:
        return bool(faces.scores.max(initial=0) >= self.tuning.sound)

    def _stands(self, pixels: Pixels, found: Detections) -> bool:
        """Whether there is a face, and the surest one stands upright."""
        if not len(found) or found.scores[0] >= self.tuning.sure:
            return len(found) > 0
        return self._upright_alone(pixels, found.boxes[:1])

    def _upright_alone(self, pixels: Pixels, box: Floats) -> bool:
        """Whether the detector is at least as sure of this face as it is as of it when turned.

        Other than in whole photos, both are seen at the same size and alone. box: float32 [1, 4].
        """
        area = around(box, pixels.shape[:2], self.tuning.tile, self.tuning.room)
        left, top, right, bottom = area
        seen = within(pixels[top:bottom, left:right], self.tuning.tile)
        tile = np.zeros((self.tuning.tile, self.tuning.tile, 3), np.uint8)
        tile[: seen.shape[0], : seen.shape[1]] = seen
        ways = np.stack([turned(tile, quarters) for quarters in (0, *TURNS)])
        way, faces = self.detector.candidates(ways, self.tuning.tile_cue)
        best = np.zeros(len(ways), np.float32)
        np.maximum.at(best, way, faces.scores)
        return bool(best[0] >= best[1:].max())

    def _upright(self, pixels: Pixels) -> Detections:
        """Upright faces in decoded px: as the detector finds them, and close-ups."""
        found = self.detector.find(pixels)
        if self._sound(found):
            return found
        side, limits = max(pixels.shape[:2]), self.detector.tuning
        if self.tuning.close > self.tuning.other * side:
            return found
        near = self.detector.look(pixels, self.tuning.close / side, limits.score)
        large = take(near, near.boxes[:, 3] >= limits.large_face * side)
        return self._surest(found, large, gain=self.tuning.gain)

    def _any_way(self, pixels: Pixels, found: Detections) -> Detections:
        """`found`, and the faces that stand upright when the picture is turned, in decoded px."""
        others = []
        for quarters in self._worth_turning(pixels):
            seen = self._upright(turned(pixels, quarters))
            sure = take(seen, seen.scores >= self.tuning.score)
            others.append(turned_back(sure, quarters, pixels.shape))
            if self.turned == "auto" and self._sound(sure):
                break
        if not any(map(len, others)):
            return found
        stand = np.array([self._upright_alone(pixels, box[None]) for box in found.boxes], bool)
        gain = np.where(stand, 1, np.where(found.scores >= self.tuning.sound, 0, -1))
        return self._surest(found, *others, gain=gain.astype(np.float32))

    def _worth_turning(self, pixels: Pixels) -> list[int]:
        """The quarter turns that may show a face upright, the likeliest first."""
        side = max(pixels.shape[:2])
        small = within(pixels, min(self.tuning.turns, round(self.tuning.other * side)))
        best: dict[int, float] = {}
        for quarters in TURNS:
            seen = self.detector.look(turned(small, quarters), 1.0, self.tuning.cue)
            if len(seen):
                best[quarters] = float(seen.scores.max())
        return sorted(best, key=lambda quarters: -best[quarters])

    def _surest(
        self, found: Detections, *others: Detections, gain: float | Floats = 0.0
    ) -> Detections:
        """The faces of all, each once; `found` as it is where the others bring nothing. gain: by
        how much others must be surer than each of these, float32 [N] or the same for all."""
        if not any(map(len, others)):
            return found
        every, iou = joined(found, *others), self.detector.tuning.iou
        worth = every.scores.copy()
        worth[: len(found)] += gain
        each_once = take(every, non_maximum_suppression(every.boxes, worth, iou))
        return without_parts(merged(each_once, iou=iou), self.tuning.part)


def without_parts(faces: Detections, part: float = SECOND.part) -> Detections:
    """Without those that lie in the box of a surer face: of a large face the detector also takes
    an eye or a mouth for one. faces: best score first. part: share of the box that lies inside."""
    low, high = faces.boxes[:, :2], faces.boxes[:, :2] + faces.boxes[:, 2:]
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    inside = np.maximum(shared, 0).prod(axis=2)
    areas = faces.boxes[:, 2:].prod(axis=1)
    covered = np.tril(inside >= part * areas[:, None], -1)  # rows above are surer
    return take(faces, ~covered.any(axis=1))
