"""What an ONNX embedder says of itself, kept in the file's own metadata.

Every field is one `metadata_props` entry `facecluster.<field>` holding JSON; `facecluster.spec`
is the version of this list. A file whose spec we do not understand is refused, not guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from facecluster.errors import ModelError

SPEC_VERSION, CROWDED_VERSION = 1, 2  # without and with `crowding`
PREFIX = "facecluster."
LONGEST = 10_000  # letters of a text
LARGEST = 1e6  # of a number
# Least and largest scale of a face. Those of people lie within 0.6 to 1.7; whatever is beyond these
# would decide every distance alone.
SCALES = (0.2, 5.0)


@dataclass(frozen=True, slots=True)
class Crowding:
    """How the graph's `scale` follows from how crowded the surroundings of a face are.

    scale = (typical / r) ** (exponent / 2), r the mean cosine distance of a face to the `nearest`
    strangers that are most like it, as the graph estimates it. typical: the r of scale 1.
    fitted_on: which strangers. Raises ModelError for values that cannot be.
    """

    exponent: float
    typical: float
    nearest: int
    fitted_on: str

    def __post_init__(self) -> None:
        fits = (
            _is_number(self.exponent)
            and 0 < self.exponent <= 2
            and _is_number(self.typical)
            and 1e-6 < self.typical <= 2
            and _is_count(self.nearest, 1, 1_000_000)
            and _is_text(self.fitted_on)
        )
        if not fits:
            raise ModelError(f"{PREFIX}crowding: must be {_CROWDING}")

    @classmethod
    def of(cls, value: Any) -> Crowding:
        """From what JSON gives."""
        names = {field.name for field in fields(cls)}
        if not isinstance(value, dict) or set(value) != names:
            raise ModelError(f"{PREFIX}crowding: must be {_CROWDING}")
        return cls(**value)


_CROWDING = (
    "an object of exponent (above 0, to 2), typical (a cosine distance), nearest (a whole number) "
    "and fitted_on (a text)"
)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """How to prepare crops for an embedder, and what its distances mean.

    crop_size: side of the square crop in px. template: x, y in crop px of the subject's right eye,
    left eye, nose tip, right and left mouth corner. far_table: pairs of false-accept rate and the
    cosine distance below which that share of different-person pairs falls, rate descending;
    `measured_on` says how. distance: the default for grouping (average linkage). align: "faces"
    when the crops are faces aligned to the template, "none" when they are whole pictures, scaled; a
    file that does not say takes faces. crowding: None where the graph gives no `scale`; where it
    does, all distances here are multiplied by the scales of both faces (distances.py).
    """

    name: str
    crop_size: int
    template: tuple[tuple[float, float], ...]
    dimension: int
    far_table: tuple[tuple[float, float], ...]
    measured_on: str
    distance: float
    licence: str
    provenance: str
    training_data: str
    colour_order: str = "RGB"
    metric: str = "cosine"
    align: str = "faces"
    crowding: Crowding | None = None

    def __post_init__(self) -> None:
        for field, (check, wanted) in _CHECKS.items():
            if not check(getattr(self, field)):
                raise ModelError(f"{PREFIX}{field}: must be {wanted}")

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> ModelSpec:
        """Read a spec; raises ModelError naming the key that is missing or wrong."""
        version = _json(metadata, "spec")
        if version not in (SPEC_VERSION, CROWDED_VERSION) or isinstance(version, bool):
            raise ModelError(
                f"{PREFIX}spec: version {repr(version)[:20]} is not a version that this "
                f"facecluster understands ({SPEC_VERSION} and {CROWDED_VERSION}); another release "
                "may"
            )
        given = [f.name for f in fields(cls) if f.name not in ("align", "crowding")]
        given += ["align"] if PREFIX + "align" in metadata else []
        values = {name: _json(metadata, name) for name in given}
        for name in ("template", "far_table"):
            values[name] = _pairs(name, values[name])
        if version == CROWDED_VERSION:
            values["crowding"] = Crowding.of(_json(metadata, "crowding"))
        elif PREFIX + "crowding" in metadata:
            raise ModelError(
                f"{PREFIX}crowding: belongs to version {CROWDED_VERSION} of {PREFIX}spec, and this "
                f"file says {SPEC_VERSION}"
            )
        return cls(**values)

    def to_metadata(self) -> dict[str, str]:
        """The metadata entries that `from_metadata` turns back into this spec."""
        values: dict[str, Any] = {"spec": CROWDED_VERSION if self.crowding else SPEC_VERSION}
        values |= {field.name: getattr(self, field.name) for field in fields(self)}
        if self.align == "faces":  # what is meant anyway
            del values["align"]
        del values["crowding"]
        if self.crowding is not None:
            values["crowding"] = asdict(self.crowding)
        return {PREFIX + key: json.dumps(value) for key, value in values.items()}


def others(metadata: Mapping[str, str]) -> dict[str, str]:
    """The entries that are not of a spec, in their order."""
    ours = {PREFIX + name for name in ("spec", *(field.name for field in fields(ModelSpec)))}
    return {key: value for key, value in metadata.items() if key not in ours}


def _json(metadata: Mapping[str, str], field: str) -> Any:
    key = PREFIX + field
    if key not in metadata:
        raise ModelError(f"{key} is missing from the model's metadata")
    try:
        return json.loads(metadata[key])
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{key}: not JSON ({str(error)[:100]})") from error


def _pairs(field: str, value: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, list) or not all(isinstance(p, list) and len(p) == 2 for p in value):
        raise ModelError(f"{PREFIX}{field}: must be {_CHECKS[field][1]}")
    return tuple((p[0], p[1]) for p in value)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= LARGEST  # not of NaN, and whole numbers have no end


def _is_count(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_text(value: object) -> bool:
    """That can be written and shown."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _has_words(value: object) -> bool:
    return _is_text(value) and bool(str(value).strip())


def _is_template(value: Any) -> bool:
    if len(value) != 5 or not all(_is_number(x) for point in value for x in point):
        return False
    # Points in one place or on one line have no scale and no direction.
    spreads = (max(axis) - min(axis) for axis in zip(*value, strict=True))
    return all(spread >= 1 for spread in spreads)


def _is_far_table(value: Any) -> bool:
    if not all(_is_number(x) for row in value for x in row):
        return False
    rates, distances = [row[0] for row in value], [row[1] for row in value]
    return (
        all(0 < rate < 1 for rate in rates)
        and rates == sorted(set(rates), reverse=True)
        and distances == sorted(distances, reverse=True)
        and all(0 <= distance <= 2 for distance in distances)
    )


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (_has_words, "a text"),
    "crop_size": (lambda v: _is_count(v, 8, 2048), "a whole number of px, 8 to 2048"),
    "template": (_is_template, "five points, each [x, y] in crop px"),
    "dimension": (lambda v: _is_count(v, 1, 65536), "a whole number, 1 to 65536"),
    "far_table": (
        _is_far_table,
        "[false-accept rate, cosine distance] rows, both descending (may be empty)",
    ),
    "measured_on": (_is_text, "a text (may be empty)"),
    "distance": (lambda v: _is_number(v) and 1e-6 < v < 2, "a number between 0 and 2"),
    "licence": (_has_words, "a text"),
    "provenance": (_has_words, "a text"),
    "training_data": (_has_words, "a text"),
    "colour_order": (lambda v: v == "RGB", '"RGB", the only order that crops come in'),
    "metric": (lambda v: v == "cosine", '"cosine", the only one for unit embeddings'),
    "align": (lambda v: v in ("faces", "none"), '"faces" or "none"'),
    "crowding": (lambda v: v is None or isinstance(v, Crowding), _CROWDING),
}
