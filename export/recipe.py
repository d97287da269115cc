"""What the specs of the shipped embedders say: the measured constants, in one place."""

from __future__ import annotations

from facecluster.embed.spec import ModelSpec

# Where YuNet's five points fall in the crops that dlib's network was trained on: mean over 750
# faces, in px. Zooming it by 5 % or shifting it by 4 px loses accuracy.
TEMPLATE = ((47.66, 45.38), (103.22, 45.90), (75.65, 77.40), (51.65, 101.25), (99.53, 101.92))

CROP_SIZE = 150  # px

# Where average linkage stops, when the user says nothing: docs/decisions/002-grouping.md.
GROUPING_DISTANCE = 0.061

# `python -m benchmarks.verification --calibrate`.
MEASURED_ON = (
    "all 87 million pairs of different people in LFW View 1 (5,749 people, 13,233 pictures), "
    "faces found and aligned by facecluster"
)
FAR_TABLE_FLOAT: tuple[tuple[float, float], ...] = (
    (1e-01, 0.1163),
    (1e-02, 0.0883),
    (1e-03, 0.0704),
    (1e-04, 0.0564),
    (1e-05, 0.0452),
    (1e-06, 0.0366),
)
FAR_TABLE_INT8: tuple[tuple[float, float], ...] = (
    (1e-01, 0.1155),
    (1e-02, 0.0883),
    (1e-03, 0.0717),
    (1e-04, 0.0597),
    (1e-05, 0.0501),
    (1e-06, 0.0417),
)


def spec(name: str, far_table: tuple[tuple[float, float], ...]) -> ModelSpec:
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
    )
