"""Makes a demo album of about thirty photos: two people, alone and together, and some surprises.

    python examples/make_album.py demo
    facecluster group demo

The portraits are in the public domain: astronaut Eileen Collins (NASA, shipped with scikit-image)
and Rear Admiral Grace Hopper (US Navy, shipped with matplotlib). The coffee and the cat come with
scikit-image under CC0, the rocket (SpaceX) is in the public domain. Everything else is drawn
here. The same versions of Pillow, scikit-image and matplotlib give the same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

ORIENTATION, DATE_TIME = 0x0112, 0x0132
# How the pixels lie in the file when the tag says that they are turned: the way back.
TURNED = {
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
Album = Iterator[tuple[str, bytes]]


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a demo album of about thirty photos.")
    parser.add_argument("folder", type=Path, help="where to put it; made when missing")
    folder = parser.parse_args().folder
    try:
        photos = album()
    except ImportError as error:
        print(f"The demo needs {error.name}: pip install 'facecluster[demo]'", file=sys.stderr)
        return 1
    try:
        for path, data in photos.items():
            write(folder / path, data)
    except OSError as error:
        print(f"{folder}: cannot write the album ({error.strerror or error})", file=sys.stderr)
        return 1
    print(f"{len(photos)} photos in {folder}")
    return 0


def write(path: Path, data: bytes) -> None:
    """Write the file unless it holds these bytes already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != data:
        path.write_bytes(data)


def album() -> dict[str, bytes]:
    """Every photo: its path and its bytes. Raises ImportError without the demo extra."""
    eileen, grace = portraits()
    photos = dict(portrait_series("eileen", eileen)) | dict(portrait_series("grace", grace))
    photos |= dict(special_kinds(eileen, grace))
    photos |= dict(together(eileen, grace))
    photos |= dict(nobody())
    photos["copies/eileen again.jpg"] = photos["eileen/portrait.jpg"]
    whole = photos["grace/portrait.jpg"]
    photos["copies/interrupted download.jpg"] = whole[: len(whole) // 2]
    return photos


def portraits() -> tuple[Image.Image, Image.Image]:
    import matplotlib
    from skimage import data

    grace = Image.open(Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg"))
    return Image.fromarray(data.astronaut()), grace.convert("RGB")


def portrait_series(name: str, face: Image.Image) -> Album:
    """One person in different sizes, light, sharpness and positions of the camera."""
    bright = ImageEnhance.Brightness
    yield f"{name}/portrait.jpg", encode(face, date="2016:05:01 10:00:00")
    yield f"{name}/small.jpg", encode(fit(face, 200))
    yield f"{name}/poster.jpg", encode(fit(face, 4000), quality=80)
    yield f"{name}/blurred.jpg", encode(face.filter(ImageFilter.GaussianBlur(1.5)))
    yield f"{name}/evening.jpg", encode(bright(face).enhance(0.5), date="2016:05:01 21:30:00")
    strong = ImageEnhance.Contrast(bright(face).enhance(1.15)).enhance(1.3)
    yield f"{name}/noon.jpg", encode(strong)
    yield (
        f"{name}/tilted.jpg",
        encode(face.rotate(9, Image.Resampling.BICUBIC, fillcolor=(90, 96, 99))),
    )
    yield f"{name}/film.jpg", encode(grain(face.convert("L")))
    yield f"{name}/sideways.jpg", encode(face, turn=6 if name == "eileen" else 8)
    yield f"{name}/upside down.jpg", encode(face, turn=3)


def special_kinds(eileen: Image.Image, grace: Image.Image) -> Album:
    """Other formats and kinds of pixels."""
    see_through = eileen.copy()
    see_through.putalpha(Image.new("L", eileen.size, 255))
    yield "formats/eileen.png", encode(see_through, "PNG")
    yield "formats/eileen.webp", encode(eileen.crop((60, 0, 420, 360)), "WEBP", quality=85)
    yield "formats/eileen.tiff", encode(eileen, "TIFF", compression="tiff_lzw")
    yield "formats/grace.gif", encode(fit(grace, 400).quantize(128), "GIF")
    yield "formats/grace.bmp", encode(fit(grace, 300), "BMP")
    yield "formats/grace ink.jpg", encode(grace.convert("CMYK"))
    yield "formats/grace in a mirror.jpg", encode(ImageOps.mirror(grace), turn=5, progressive=True)


def together(eileen: Image.Image, grace: Image.Image) -> Album:
    """Both in one photo."""
    yield "together/reception.jpg", encode(pair(eileen, grace, 700), date="2017:06:03 19:00:00")
    yield "together/balcony.jpg", encode(pair(grace, eileen, 500), turn=8)
    yield "together/banquet.jpg", encode(pair(grace, eileen, 2000), quality=82)
    yield "together/from afar.png", encode(pair(eileen, grace, 260, margin=240), "PNG")


def nobody() -> Album:
    """Photos and patterns without a face."""
    from skimage import data

    yield "places/sunset.jpg", encode(sunset(1600, 1000))
    yield "places/waves.png", encode(waves(640, 480), "PNG")
    yield "places/rocket.jpg", encode(Image.fromarray(data.rocket()))
    yield "places/coffee.webp", encode(Image.fromarray(data.coffee()), "WEBP", quality=85)
    yield "places/cat.jpg", encode(Image.fromarray(data.chelsea()))


def encode(
    picture: Image.Image, kind: str = "JPEG", *, turn: int = 1, date: str = "", **options: object
) -> bytes:
    """The file. With `turn` the pixels lie as a turned camera leaves them, and the tag says so."""
    if turn != 1:
        picture = picture.transpose(TURNED[turn])
    tags = Image.Exif()
    if turn != 1:
        tags[ORIENTATION] = turn
    if date:
        tags[DATE_TIME] = date
    if len(tags):
        options["exif"] = tags
    if kind == "JPEG":
        options.setdefault("quality", 90)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def fit(picture: Image.Image, long_side: int) -> Image.Image:
    factor = long_side / max(picture.size)
    size = round(picture.width * factor), round(picture.height * factor)
    return picture.resize(size, Image.Resampling.LANCZOS)


def grain(picture: Image.Image, strength: float = 6.0) -> Image.Image:
    """Film grain, always the same."""
    noise = np.random.default_rng(1).normal(0, strength, (picture.height, picture.width))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def pair(left: Image.Image, right: Image.Image, height: int, margin: int = 0) -> Image.Image:
    """Two people side by side in front of the evening sky, each `height` px tall."""
    people = [p.resize((round(p.width * height / p.height), height)) for p in (left, right)]
    gap = height // 12
    width = sum(p.width for p in people) + 3 * gap + 2 * margin
    scene = sunset(width, height + 2 * gap + 2 * margin)
    at = gap + margin
    for person in people:
        scene.paste(person, (at, gap + margin))
        at += person.width + gap
    return scene


def sunset(width: int, height: int) -> Image.Image:
    """Sky over the sea."""
    stops = [
        (0.0, (40, 60, 120)),
        (0.6, (250, 170, 90)),
        (0.62, (60, 70, 100)),
        (1.0, (15, 25, 45)),
    ]
    rows = np.linspace(0, 1, height)
    places, colours = zip(*stops, strict=True)
    channels = [np.interp(rows, places, [colour[c] for colour in colours]) for c in range(3)]
    sky = np.repeat(np.stack(channels, axis=1)[:, None], width, axis=1)
    return Image.fromarray(sky.astype(np.uint8))


def waves(width: int, height: int) -> Image.Image:
    """A pattern of ripples."""
    y, x = np.mgrid[:height, :width] / 30
    ripples = [127 + 120 * np.sin(x * k + np.cos(y + k)) for k in (1, 1.3, 0.7)]
    return Image.fromarray(np.stack(ripples, axis=2).astype(np.uint8))


if __name__ == "__main__":
    sys.exit(main())
