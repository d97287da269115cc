"""What every test may ask for."""

from __future__ import annotations

import io
import runpy
from collections.abc import Callable
from copy import copy
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from facecluster.config import ReadConfig
    from facecluster.group import OpenReader
    from facecluster.library.readings import Reading
    from facecluster.reading import Reader
    from facecluster.records import PhotoFile
    from tests.support.group_runs import Group

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research pictures beside the checkout; the test is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("no research pictures beside the checkout")
    return SHARED


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20150317)


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """uint8 [512, 512, 3] RGB, one frontal face (NASA, public domain)."""
    from skimage import data

    return np.asarray(data.astronaut())


@pytest.fixture(scope="session")
def hopper() -> np.ndarray:
    """uint8 [600, 512, 3] RGB, one frontal face (US Navy, public domain)."""
    from matplotlib import cbook
    from PIL import Image

    with cbook.get_sample_data("grace_hopper.jpg") as file:
        return np.asarray(Image.open(file).convert("RGB"))


@pytest.fixture(scope="session")
def demo_album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The album of examples/make_album.py, to be left as it is: every test has its own --out."""
    script = Path(__file__).resolve().parents[1] / "examples" / "make_album.py"
    folder = tmp_path_factory.mktemp("demo") / "album"
    for path, data in runpy.run_path(str(script))["album"]().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def party_photos(astronaut: np.ndarray, hopper: np.ndarray) -> dict[str, bytes]:
    """Six small photos by name: two people twice each, once together, and the sea."""
    from PIL import Image, ImageEnhance, ImageOps

    eileen, grace = (Image.fromarray(a).reduce(2) for a in (astronaut, hopper))
    both = Image.new("RGB", (eileen.width + grace.width, 300))
    both.paste(eileen)
    both.paste(grace, (eileen.width, 0))
    pictures = {"both": both, "sea": Image.new("RGB", (320, 240), (40, 90, 140))}
    for name, face in (("eileen", eileen), ("grace", grace)):
        pictures[name] = face
        # Mirrored, since the same picture in another light would be a copy.
        pictures[f"{name} at night"] = ImageEnhance.Brightness(ImageOps.mirror(face)).enhance(0.6)
    photos = {}
    for name, picture in pictures.items():
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=92)
        photos[f"{name}.jpg"] = file.getvalue()
    return photos


@pytest.fixture
def party(party_photos: dict[str, bytes], tmp_path: Path) -> Path:
    """A folder with those six photos."""
    folder = tmp_path / "party"
    folder.mkdir()
    for name, data in party_photos.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def open_models() -> Callable[..., object]:
    """Opens the models of a ReadConfig, each only once: to be given to `group` and to commands
    that run in this process, as opening them takes the longest."""
    from facecluster.reading import Reader

    return cache(Reader)


@pytest.fixture
def decoded() -> list[int]:
    """The number of bytes of every photo that is decoded by `group`."""
    return []


@pytest.fixture
def group(open_models: OpenReader, decoded: list[int]) -> Group:
    """`group` with models that are opened once, and a reader that says what it decodes."""
    from facecluster.group import group as group_photos

    def opener(config: ReadConfig) -> Reader:
        reader = copy(open_models(config))
        plain = reader.read

        def read(root: Path, file: PhotoFile, *rest: Any, **more: Any) -> Reading | None:
            found = plain(root, file, *rest, **more)
            if found is None:
                return None
            if found.faces is not None or found.problem is not None:  # else its bytes were known
                decoded.append(file.size)
            return found

        reader.read = read
        return reader

    return partial(group_photos, open_reader=opener)
