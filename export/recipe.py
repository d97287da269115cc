"""What the specs of the shipped embedders say: the measured constants, in one place."""

from __future__ import annotations

from facecluster.embed.spec import Crowding, ModelSpec

# Where the five refined points belong in crops for dlib's network, in px. The mean place of YuNet's
# points in the crops that the network was trained on (750 faces), zoomed by 3 % about the middle:
# docs/decisions/007-landmarks.md.
TEMPLATE = ((46.84, 44.49), (104.07, 45.03), (75.67, 77.47), (50.95, 102.04), (100.27, 102.73))

CROP_SIZE = 150  # px

# Where average linkage stops, when the user says nothing: docs/decisions/002-grouping.md.
GROUPING_DISTANCE = 0.061

# `python -m benchmarks.verification --calibrate`.
MEASURED_ON = (
    "all 45 million pairs of different people in LFW's peopleDevTrain (4,038 people, 9,525 "
    "pictures), faces found and aligned by facecluster, by distances that know the scale of faces"
)
FAR_TABLE_FLOAT: tuple[tuple[float, float], ...] = (
    (1e-01, 0.1174),
    (1e-02, 0.0901),
    (1e-03, 0.0735),
    (1e-04, 0.0617),
    (1e-05, 0.0526),
    (1e-06, 0.0440),
)
FAR_TABLE_INT8: tuple[tuple[float, float], ...] = (
    (1e-01, 0.1170),
    (1e-02, 0.0900),
    (1e-03, 0.0737),
    (1e-04, 0.0621),
    (1e-05, 0.0533),
    (1e-06, 0.0446),
)


def spec(
    name: str, far_table: tuple[tuple[float, float], ...], crowding: Crowding | None = None
) -> ModelSpec:
    """The spec of a shipped embedder made from dlib's face recognition network."""
    return ModelSpec(
        name=name,
        crop_size=CROP_SIZE,
        template=TEMPLATE,
        dimension=128,
        far_table=far_table,
        measured_on=MEASURED_ON,
        distance=GROUPING_DISTANCE,
        licence="CC0-1.0 (public domain)",
        provenance="dlib_face_recognition_resnet_model_v1 by Davis King, from the PyPI package "
        "face-recognition-models 0.3.0; batch norms folded, mirror view averaged",
        training_data="about 3 million faces of 7485 people: FaceScrub, VGG Face and pictures "
        "from the web, without the people of LFW, as its author states",
        crowding=crowding,
    )
