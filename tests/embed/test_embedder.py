"""The shipped embedders on real crops, and what happens to files that are none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from facecluster.combining import Combiner
from facecluster.distances import distances, units
from facecluster.embed import shipped
from facecluster.embed.embedder import CHUNK, Embedder
from facecluster.errors import DeviceError, ModelError
from facecluster.faces.align import align
from facecluster.faces.detect import Detector
from facecluster.records import Picture

onnx = pytest.importorskip("onnx")
MODELS = Path(shipped.__file__).parents[1] / "models"


@pytest.fixture(scope="module", params=[shipped.FLOAT32, shipped.INT8])
def embedder(request) -> Embedder:
    return Embedder(MODELS / request.param, "cpu")


@pytest.fixture(scope="module")
def crops_of() -> Callable[[np.ndarray], np.ndarray]:
    detector = Detector(device="cpu")
    template = np.array(Embedder(None, "cpu").spec.template, np.float32)

    def crops(pixels: np.ndarray) -> np.ndarray:
        found = detector.detect(Picture(pixels, pixels.shape[1], pixels.shape[0]))
        return align(pixels, found.landmarks[:1], template, 150)

    return crops


@pytest.fixture(scope="module")
def faces(crops_of, astronaut, hopper) -> np.ndarray:
    """Each person twice: as photographed, then darker and with half the pixels."""
    dim = [(picture[::2, ::2] * 0.7).astype(np.uint8) for picture in (astronaut, hopper)]
    return np.concatenate([crops_of(picture) for picture in (astronaut, hopper, *dim)])


def test_same_person_is_near_and_another_is_far(embedder, faces) -> None:
    embeddings, _ = embedder.embed(faces)
    apart = distances(embeddings, embeddings)
    for same, other in [(apart[0, 2], apart[0, 1]), (apart[1, 3], apart[1, 0])]:
        assert same < embedder.spec.distance < other


def test_shapes_and_lengths(embedder, faces) -> None:
    embeddings, consistency = embedder.embed(faces)
    assert embeddings.shape == (4, embedder.spec.dimension)
    assert (embeddings.dtype, consistency.dtype) == (np.float32, np.float32)
    lengths = np.linalg.norm(embeddings, axis=1)
    if embedder.spec.crowding is None:
        np.testing.assert_allclose(lengths, 1, atol=1e-6)
    assert ((lengths > 0.5) & (lengths < 2)).all()
    assert ((consistency > 0.9) & (consistency <= 1.000001)).all()


def test_mirror_image_is_the_same_face(embedder, faces) -> None:
    embeddings, consistency = embedder.embed(faces)
    mirrored, again = embedder.embed(faces[:, :, ::-1])
    np.testing.assert_allclose(embeddings, mirrored, atol=1e-5)
    np.testing.assert_allclose(consistency, again, atol=1e-5)


def test_symmetric_crop_is_fully_consistent(embedder, faces) -> None:
    symmetric = faces[:1].copy()
    symmetric[:, :, 75:] = symmetric[:, :, :75][:, :, ::-1]
    assert embedder.embed(symmetric)[1][0] == pytest.approx(1, abs=1e-5)


def test_no_crops_at_all(embedder) -> None:
    embeddings, consistency = embedder.embed(np.empty((0, 150, 150, 3), np.uint8))
    assert (embeddings.shape, consistency.shape) == ((0, 128), (0,))


def test_chunks_do_not_show(embedder, rng) -> None:
    crops = rng.integers(0, 256, (CHUNK + 3, 150, 150, 3), np.uint8)
    whole, _ = embedder.embed(crops)
    alone, _ = embedder.embed(crops[CHUNK + 1 : CHUNK + 2])
    np.testing.assert_allclose(whole[CHUNK + 1], alone[0], atol=1e-5)


def test_threads_share_one_embedder(embedder, faces) -> None:
    expected = embedder.embed(faces)[0]
    with ThreadPoolExecutor(4) as pool:
        for embeddings, _ in pool.map(embedder.embed, [faces] * 12):
            np.testing.assert_array_equal(embeddings, expected)


def test_int8_stays_close_to_float32(faces) -> None:
    exact, _ = Embedder(MODELS / shipped.FLOAT32, "cpu").embed(faces)
    coarse, _ = Embedder(MODELS / shipped.INT8, "cpu").embed(faces)
    assert (units(exact) * units(coarse)).sum(axis=1).min() > 0.99


def test_int8_weights_keep_to_seven_bits() -> None:
    """Two products of 255 and 64 fit into int16, where AVX2 adds them (pmaddubsw)."""
    model = onnx.load(MODELS / shipped.INT8)
    weights = [t for t in model.graph.initializer if t.data_type == onnx.TensorProto.INT8]
    kernels = [onnx.numpy_helper.to_array(t) for t in weights if len(t.dims) == 4]
    assert len(kernels) == 29
    assert all(np.abs(kernel.astype(int)).max() <= 64 for kernel in kernels)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((1, 112, 112, 3), np.uint8), ((150, 150, 3), np.uint8), ((1, 150, 150, 3), np.float32)],
)
def test_other_shapes_are_refused(embedder, shape, dtype) -> None:
    with pytest.raises(ValueError, match=r"crops: expected uint8 \[N, 150, 150, 3\], got"):
        embedder.embed(np.zeros(shape, dtype))


def test_shipped_model_depends_on_the_device(monkeypatch) -> None:
    assert shipped.shipped_model("cpu").name == shipped.INT8
    with pytest.raises(DeviceError):
        shipped.shipped_model("tensorrt")
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    assert shipped.shipped_model("auto").name == shipped.FLOAT32


def test_models_have_different_ids_but_one_template() -> None:
    exact, coarse = (Embedder(MODELS / name, "cpu") for name in (shipped.FLOAT32, shipped.INT8))
    assert exact.model_id != coarse.model_id
    assert exact.spec.template == coarse.spec.template


def test_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read"):
        Embedder(tmp_path / "none.onnx", "cpu")


def test_model_without_spec_is_refused_by_name() -> None:
    with pytest.raises(ModelError, match=r"detector\.onnx: facecluster\.spec is missing"):
        Embedder(MODELS / "detector.onnx", "cpu")


@pytest.mark.parametrize(
    ("key", "value"), [("facecluster.crop_size", "112"), ("facecluster.dimension", "64")]
)
def test_spec_that_does_not_fit_the_graph_is_refused(tmp_path: Path, key, value) -> None:
    model = onnx.load(MODELS / shipped.INT8)
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = value
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(ModelError, match=r"other\.onnx: the graph must take"):
        Embedder(tmp_path / "other.onnx", "cpu")


def test_damaged_model_is_refused_by_name(tmp_path: Path) -> None:
    content = (MODELS / shipped.INT8).read_bytes()
    (tmp_path / "half.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=r"half\.onnx: not an ONNX model") as caught:
        Embedder(tmp_path / "half.onnx", "cpu")
    assert "\n" not in str(caught.value)


def test_photos_that_share_a_call_get_what_they_get_alone(embedder, faces) -> None:
    """As an accelerator is used, here on the processor."""
    parts = [faces[:1], faces[1:3], faces[:0], faces[3:]]
    together = embedder._together(parts, None)
    for part, (embeddings, consistency) in zip(parts, together, strict=True):
        alone = embedder.embed(part)
        assert embeddings == pytest.approx(alone[0], abs=1e-5)
        assert consistency == pytest.approx(alone[1], abs=1e-5)


def test_threads_through_a_combiner(embedder, faces) -> None:
    alone = [embedder.embed(faces[i : i + 1])[0] for i in range(4)]
    embedder._combiner = Combiner(embedder._together, 64)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda i: embedder.embed(faces[i % 4][None])[0], range(32)))
    finally:
        embedder._combiner = None
    for i, embedding in enumerate(found):
        assert embedding == pytest.approx(alone[i % 4], abs=1e-5)
