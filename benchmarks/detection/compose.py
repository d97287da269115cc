"""Photos composed of photos, whose faces are known from the parts: small ones, far ones, many."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from facecluster.faces.scale import reduced
from facecluster.records import Floats, Picture, Pixels

SIZE = (1600, 1200)
FEW = 3  # faces of a photo that may be the portrait

Known = tuple[Picture, Floats]  # with the boxes of its faces, float32 [N, 4] in photo px
Place = tuple[Known, int, int, int]  # what, left, top and long side in px


def composed(background: Pixels, places: Sequence[Place]) -> Known:
    """The pictures, each scaled to its long side, on a background of SIZE."""
    canvas = background.copy()
    boxes = [np.empty((0, 4), np.float32)]
    for (picture, truth), left, top, side in places:
        factor = side / max(picture.width, picture.height)
        width, height = round(picture.width * factor), round(picture.height * factor)
        near = reduced(picture.pixels, width, height)
        small = cv2.resize(near, (width, height), interpolation=cv2.INTER_AREA)
        room = canvas[top : top + height, left : left + width]
        room[...] = small[: room.shape[0], : room.shape[1]]
        boxes.append((truth * factor + [left, top, 0, 0]).astype(np.float32))
    return Picture(canvas, *SIZE), np.concatenate(boxes)


def scenes(photos: Sequence[Known], count: int, seed: int = 0) -> dict[str, list[Known]]:
    """`count` composed photos of each kind, the same for a seed."""
    rng = random.Random(seed)
    with_faces = [known for known in photos if len(known[1])]
    portraits = [known for known in with_faces if len(known[1]) <= FEW]
    bare = [picture.pixels for picture, truth in photos if not len(truth)]
    background = cv2.resize(bare[0], SIZE) if bare else np.full((*SIZE[::-1], 3), 120, np.uint8)

    def grid() -> list[Place]:
        cells = [(x, y) for x in range(0, 1600, 400) for y in range(0, 1200, 400)]
        return [(rng.choice(with_faces), x, y, 380) for x, y in cells]

    def portrait_and_small() -> list[Place]:
        small = [(rng.choice(with_faces), 1180, y, 380) for y in (0, 400, 800)]
        return [(rng.choice(portraits), 0, 0, 1150), *small]

    def far() -> list[Place]:
        place = rng.randrange(1200), rng.randrange(800)
        return [(rng.choice(portraits), *place, rng.choice((150, 200, 300, 400)))]

    def portrait_and_far() -> list[Place]:
        away = rng.choice(portraits), 1300, rng.randrange(900), rng.choice((150, 200, 280))
        return [(rng.choice(portraits), 0, 0, 1190), away]

    kinds: dict[str, Callable[[], list[Place]]] = {
        "grid": grid,
        "portrait and small": portrait_and_small,
        "portrait and far": portrait_and_far,
        "far": far,
    }
    return {
        name: [composed(background, make()) for _ in range(count)] for name, make in kinds.items()
    }
