"""The scatter plot of the page: where each dot goes and which colour it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

WIDTH, LEAST, MOST, MARGIN = 1000, 380, 640, 24
COLOURS = 10  # people with a colour of their own; style sheet classes k0 to k9


def chart_view(report: Mapping[str, Any], labels: Mapping[int, str]) -> dict[str, Any] | None:
    """Dots in the order of drawing, and the legend; None with fewer than three faces.

    Both axes have the same scale, so distances on the paper can be compared.
    """
    points = report["scatter"]["points"]
    if len(points) < 3:
        return None
    xs, ys = [p[1] for p in points], [p[2] for p in points]
    first, highest = min(xs), max(ys)
    wide, high = max(max(xs) - first, 1e-6), max(highest - min(ys), 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST - 2 * MARGIN) / high)
    height = max(LEAST, round(high * scale) + 2 * MARGIN)
    left, top = (WIDTH - wide * scale) / 2, (height - high * scale) / 2
    dots = []
    for face_id, x, y in points:
        face = report["faces"][face_id]
        person = face["person"]
        dots.append(
            {
                "x": round(left + (x - first) * scale, 1),
                "y": round(top + (highest - y) * scale, 1),
                "kind": _kind(person),
                "title": f"{labels[person] if person else 'Unsure'} · {face['photo']}",
            }
        )
    order = {"none": 0, "other": 1}
    dots.sort(key=lambda dot: order.get(str(dot["kind"]), 2))
    shares = report["scatter"]["explained"]
    return {
        "width": WIDTH,
        "height": height,
        "radius": 6 if len(dots) <= 800 else 4,
        "dots": dots,
        "legend": _legend(report, labels),
        "share": round(100 * sum(shares)),
        "drawn": len(points),
        "of": report["scatter"]["of"],
    }


def _kind(person: int | None) -> str:
    if person is None:
        return "none"
    return f"k{person - 1}" if person <= COLOURS else "other"


def _legend(report: Mapping[str, Any], labels: Mapping[int, str]) -> list[dict[str, Any]]:
    rows = [
        {"kind": _kind(p["id"]), "label": labels[p["id"]], "count": p["face_count"]}
        for p in report["people"][:COLOURS]
    ]
    kinds = Counter(_kind(f["person"]) for f in report["faces"] if f["reason"] != "too small")
    for kind, label in (("other", "Other people"), ("none", "Unsure")):
        if kinds[kind]:
            rows.append({"kind": kind, "label": label, "count": kinds[kind]})
    return rows
