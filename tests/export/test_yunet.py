"""The detector graph: rebuilt from the published file, and compared with OpenCV's own code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from export import yunet, yunet_proof
from facecluster.runtime import session


@pytest.fixture(scope="module")
def published() -> Path:
    from export.weights import yunet_file

    return yunet_file()


def test_the_shipped_file_is_what_the_recipe_makes(published: Path) -> None:
    assert yunet.build(published).SerializeToString(deterministic=True) == yunet.OUT.read_bytes()


def test_the_same_faces_as_opencv(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert yunet_proof.prove(yunet.OUT.read_bytes(), published)
    assert "as cv2.FaceDetectorYN finds them" in capsys.readouterr().out


def test_the_proof_can_fail(published: Path) -> None:
    def shifted(model: bytes, pixels: np.ndarray) -> np.ndarray:
        return yunet_proof.ours(model, pixels) + 2.0

    assert not yunet_proof.prove(yunet.OUT.read_bytes(), published, finder=shifted)


def test_a_batch_gives_what_single_pictures_give(astronaut, hopper) -> None:
    run = session(yunet.OUT, "cpu").run
    batch = np.stack([astronaut, hopper[:512], np.zeros_like(astronaut)])
    threshold = np.array([0.6], np.float32)
    image, boxes, landmarks, scores = run(None, {"pixels": batch, "threshold": threshold})
    assert set(image.tolist()) == {0, 1}
    for i in (0, 1):
        _, box, mark, score = run(None, {"pixels": batch[i : i + 1], "threshold": threshold})
        assert np.allclose(boxes[image == i], box, atol=1e-3)
        assert np.allclose(landmarks[image == i], mark, atol=1e-3)
        assert np.allclose(scores[image == i], score, atol=1e-5)


def test_the_threshold_only_drops(astronaut) -> None:
    run = session(yunet.OUT, "cpu").run
    feed = {"pixels": astronaut[None], "threshold": np.array([0.3], np.float32)}
    low = np.sort(run(["scores"], feed)[0])
    high = np.sort(run(["scores"], feed | {"threshold": np.array([0.91], np.float32)})[0])
    assert len(low) > len(high) > 0
    assert np.allclose(low[low >= 0.91], high)
