"""Networks that turn a picture into an embedding, by the name that the trainer gives them.

This table loads no torch; `build` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from facecluster.errors import SettingsError

if TYPE_CHECKING:
    from torch import nn

IMAGENET_MEAN = (123.675, 116.28, 103.53)  # of 0..255; with these torchvision's weights came
IMAGENET_STD = (58.395, 57.12, 57.375)
CENTRED_MEAN = (127.5, 127.5, 127.5)
CENTRED_STD = (128.0, 128.0, 128.0)


@dataclass(frozen=True, slots=True)
class Backbone:
    """module: file in this package, which has `build(image_size, embedding_dim, channels)`, or a
    function of another name, `maker`.

    image_size: px that it is meant for. smallest: px below which it cannot work. mean, std: a value
    for each of R, G, B, in units of 0..255.
    """

    module: str
    about: str
    image_size: int
    smallest: int
    embedding_dim: int = 128
    mean: tuple[float, float, float] = CENTRED_MEAN
    std: tuple[float, float, float] = CENTRED_STD
    maker: str = "build"


def _torchvision(module: str, about: str, smallest: int, maker: str = "build") -> Backbone:
    """Made for 224 px; 112 are what faces are usually cut to."""
    return Backbone(module, about, 112, smallest, mean=IMAGENET_MEAN, std=IMAGENET_STD, maker=maker)


BACKBONES: dict[str, Backbone] = {
    "tiny": Backbone("tiny", "six convolutions, for digits and icons", 32, 8),
    "squeezenet": _torchvision("squeezenet", "SqueezeNet 1.1, small and without norms", 16),
    "mobilefacenet": Backbone("mobilefacenet", "light, made for faces", 112, 16),
    "resnet18": _torchvision("resnet", "residual network, 18 layers", 16, "resnet18"),
    "resnet34": _torchvision("resnet", "residual network, 34 layers", 16, "resnet34"),
    "resnet50": _torchvision("resnet", "residual network, 50 layers", 16, "resnet50"),
    "inception-resnet-v1": Backbone(
        "inception_resnet", "FaceNet's network, slow", 160, 75, embedding_dim=512
    ),
    "vgg11": _torchvision("vgg", "plain convolutions, without norms", 32),
    "dlib-resnet": Backbone(
        "dlib_resnet",
        "starts from the shipped weights",
        150,
        40,
        mean=(122.782, 117.001, 104.298),  # dlib_resnet.MEAN_RGB
        std=(256.0, 256.0, 256.0),
    ),
}


def backbone_named(name: str) -> Backbone:
    """Raises SettingsError that lists the known names."""
    if name not in BACKBONES:
        raise SettingsError("model.backbone", f"known are {', '.join(BACKBONES)}", name)
    return BACKBONES[name]


def normalisation(name: str, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """mean and std, one value per channel; one grey channel has the mean over R, G, B."""
    known = backbone_named(name)
    if channels == 3:
        return known.mean, known.std
    return (sum(known.mean) / 3,), (sum(known.std) / 3,)


def build(name: str, image_size: int, embedding_dim: int, channels: int = 3) -> nn.Module:
    """A fresh backbone with random weights from torch's generator.

    It takes float32 [N, channels, image_size, image_size], normalised, and gives float32
    [N, embedding_dim], not normalised. Raises SettingsError for pictures that are too small.
    """
    known = backbone_named(name)
    if image_size < known.smallest:
        raise SettingsError(
            "data.image_size",
            f"{name} needs at least {known.smallest} px; "
            "`model.backbone` tiny takes smaller pictures",
            image_size,
        )
    module = import_module(f"facecluster.train.backbones.{known.module}")
    make: Callable[[int, int, int], nn.Module] = getattr(module, known.maker)
    return make(image_size, embedding_dim, channels)
