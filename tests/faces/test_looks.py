"""One look is enough for most photos; a closer one goes where it pays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.faces.detect import DETECTION, LOOKS, STRIDE, Detector, around
from tests.support.pictures import picture


class Watched(Detector):
    """Remembers the sizes of what it looks at, longest first."""

    def __init__(self, detail) -> None:
        super().__init__(detail, "cpu")
        self.seen: list[tuple[int, int]] = []

    def candidates(self, images, threshold):
        self.seen.append(images.shape[1:3])
        return super().candidates(images, threshold)


def canvas(*placed: tuple[np.ndarray, int, int, int]) -> np.ndarray:
    """A photo of 2000 x 1500 px with pictures of a given side at x, y."""
    grey = np.full((1500, 2000, 3), 120, np.uint8)
    for pixels, x, y, side in placed:
        mode = cv2.INTER_AREA if side < len(pixels) else cv2.INTER_CUBIC
        grey[y : y + side, x : x + side] = cv2.resize(pixels, (side, side), interpolation=mode)
    return grey


def test_a_portrait_needs_one_look(astronaut) -> None:
    detector = Watched("normal")
    assert len(detector.detect(picture(canvas((astronaut, 300, 0, 1500))))) == 1
    assert detector.seen == [(480, 640)]


@pytest.mark.parametrize("detail", list(LOOKS))
def test_small_photos_are_seen_as_they_are(detail, astronaut) -> None:
    detector = Watched(detail)
    assert len(detector.detect(picture(astronaut))) == 1
    assert detector.seen == [(512, 512)]


def test_a_far_face_beside_a_portrait_is_found_by_a_closer_look_there(astronaut) -> None:
    photo = picture(canvas((astronaut, 0, 0, 1400), (astronaut, 1750, 1200, 170)))
    fast, normal = Detector("fast", "cpu").detect(photo), Watched("normal")
    found = normal.detect(photo)
    assert len(fast) == 1
    assert len(found) == 2
    far = found.boxes[found.boxes[:, 0] > 1700][0]
    assert far[2] < 0.025 * 2000
    first, closer = normal.seen
    assert first == (480, 640)
    assert closer[0] * closer[1] < 0.2 * first[0] * first[1]
    # It is where a look at the whole photo at that size finds it.
    whole = Detector("high", "cpu").detect(photo)
    same = whole.boxes[whole.boxes[:, 0] > 1700][0]
    assert far == pytest.approx(same, abs=4)


def test_nothing_found_is_looked_at_again(astronaut) -> None:
    detector = Watched("normal")
    assert len(detector.detect(picture(canvas()))) == 0
    assert detector.seen == [
        (480, 640),
        (STRIDE * -(-240 // STRIDE), DETECTION.coarse),
        (768, 1024),
    ]
    fast = Watched("fast")
    assert len(fast.detect(picture(canvas()))) == 0
    assert max(fast.seen[0]) == DETECTION.finest
    assert len(fast.seen) == 2


def test_a_crowd_is_seen_at_full_detail(astronaut) -> None:
    heads = astronaut[30:250, 120:340]
    places = [(heads, x, y, 90) for x in range(100, 1900, 200) for y in range(100, 1400, 300)]
    found = Detector("normal", "cpu").detect(picture(canvas(*places)))
    assert len(found) == len(places)
    assert len(Detector("high", "cpu").detect(picture(canvas(*places)))) == len(places)


def test_a_face_that_the_area_cuts_is_not_found_twice(astronaut) -> None:
    """A sure, large face reaches into the area around a doubtful one."""
    photo = picture(canvas((astronaut, 200, 0, 1400), (astronaut, 20, 420, 110)))
    found = Detector("normal", "cpu").detect(photo)
    large = found.boxes[found.boxes[:, 2] > 200]
    assert len(large) == 1


@given(
    rows=st.integers(1, 3000),
    columns=st.integers(1, 3000),
    seed=st.integers(0, 2**16),
    count=st.integers(1, 6),
)
def test_areas_hold_their_boxes_and_lie_in_the_photo(rows, columns, seed, count) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-0.1, 1.0, (count, 2)) * [columns, rows]
    boxes = np.concatenate([corners, rng.uniform(1, 300, (count, 2))], axis=1).astype(np.float32)
    left, top, right, bottom = around(boxes, (rows, columns), 1600)
    assert 0 <= left < right <= columns
    assert 0 <= top < bottom <= rows
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    assert (np.clip(low, 0, [columns - 1, rows - 1]) >= [left, top]).all()
    assert (np.clip(high, 1, [columns, rows]) <= [right, bottom]).all()


def test_images_that_share_a_call_get_what_they_get_alone(detector, astronaut, hopper) -> None:
    """As an accelerator is used, here on the processor."""
    images = [astronaut[None], hopper[:512, :512][None], np.zeros((2, 512, 512, 3), np.uint8)]
    together = detector._together(images, ((512, 512, 3), 0.5))
    for part, (rows, found) in zip(images, together, strict=True):
        alone_rows, alone = detector.candidates(part, 0.5)
        assert np.array_equal(rows, alone_rows)
        assert found.boxes == pytest.approx(alone.boxes, abs=1e-3)
        assert found.scores == pytest.approx(alone.scores, abs=1e-5)
