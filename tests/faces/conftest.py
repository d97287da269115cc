"""What tests of face detection ask for."""

from __future__ import annotations

import pytest

from facecluster.faces.detect import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(device="cpu")
