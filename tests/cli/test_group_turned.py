"""facecluster group finds faces that stand on their head, unless it is told not to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Report = Callable[..., dict[str, Any]]


def test_turned(report: Report, party: Path, astronaut: np.ndarray) -> None:
    head = np.ascontiguousarray(np.rot90(astronaut, 2))
    Image.fromarray(head).save(party / "head.png")
    found = {way: report("--turned", way) for way in ("never", "auto", "always")}
    status = {
        way: next(p["status"] for p in told["photos"] if p["path"] == "head.png")
        for way, told in found.items()
    }
    assert status["never"] != "grouped"
    assert status["auto"] == status["always"] == "grouped"
    assert report()["run"]["settings"]["read"]["turned"] == "auto"
