"""Parameters have torchvision's names and shapes, and mean what they mean there.

The names are written out by rule and the forward pass by functional calls, both from the papers,
so that the published weight files load and say the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional as F  # noqa: E402

from facecluster.train.backbones import build  # noqa: E402

Shape = tuple[int, ...]
RESNETS = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3)}
# Index of a layer in squeezenet's `features`: its inputs, squeezed and expanded channels.
FIRES = {
    3: (64, 16, 64), 4: (128, 16, 64), 6: (128, 32, 128), 7: (256, 32, 128),
    9: (256, 48, 192), 10: (384, 48, 192), 11: (384, 64, 256), 12: (512, 64, 256),
}  # fmt: skip
VGG11 = {0: (3, 64), 3: (64, 128), 6: (128, 256), 8: (256, 256), 11: (256, 512), 13: (512, 512),
         16: (512, 512), 18: (512, 512)}  # fmt: skip


def norm(name: str, width: int) -> Iterator[tuple[str, Shape]]:
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{part}", (width,)
    yield f"{name}.num_batches_tracked", ()


def resnet_names(name: str) -> Iterator[tuple[str, Shape]]:
    yield "conv1.weight", (64, 3, 7, 7)
    yield from norm("bn1", 64)
    wide = 4 if name == "resnet50" else 1
    inputs = 64
    for group, count in enumerate(RESNETS[name]):
        width = 64 * 2**group
        for index in range(count):
            at = f"layer{group + 1}.{index}"
            if wide == 4:
                kernels = [(width, inputs, 1), (width, width, 3), (4 * width, width, 1)]
            else:
                kernels = [(width, inputs, 3), (width, width, 3)]
            for number, (outer, inner, side) in enumerate(kernels, 1):
                yield f"{at}.conv{number}.weight", (outer, inner, side, side)
                yield from norm(f"{at}.bn{number}", outer)
            if index == 0 and (group > 0 or inputs != wide * width):
                yield f"{at}.downsample.0.weight", (wide * width, inputs, 1, 1)
                yield from norm(f"{at}.downsample.1", wide * width)
            inputs = wide * width


def squeezenet_names() -> Iterator[tuple[str, Shape]]:
    yield "features.0.weight", (64, 3, 3, 3)
    yield "features.0.bias", (64,)
    for index, (inputs, squeezed, expanded) in FIRES.items():
        at = f"features.{index}"
        for part, shape in (
            ("squeeze", (squeezed, inputs, 1, 1)),
            ("expand1x1", (expanded, squeezed, 1, 1)),
            ("expand3x3", (expanded, squeezed, 3, 3)),
        ):
            yield f"{at}.{part}.weight", shape
            yield f"{at}.{part}.bias", shape[:1]


def vgg_names() -> Iterator[tuple[str, Shape]]:
    for index, (inputs, outputs) in VGG11.items():
        yield f"features.{index}.weight", (outputs, inputs, 3, 3)
        yield f"features.{index}.bias", (outputs,)


NAMES = {
    **{name: dict(resnet_names(name)) for name in RESNETS},
    "squeezenet": dict(squeezenet_names()),
    "vgg11": dict(vgg_names()),
}


def body(network) -> dict[str, torch.Tensor]:
    own = network.state_dict().items()
    return {key: value for key, value in own if not key.startswith("head.")}


@pytest.mark.parametrize("size", [32, 64, 224])
@pytest.mark.parametrize("name", NAMES)
def test_names_and_shapes(name, size) -> None:
    own = body(build(name, size, 128))
    assert {key: tuple(value.shape) for key, value in own.items()} == NAMES[name]


def resnet_by_hand(name: str, w, x, stride: int, pooled: bool):
    """The last map, from weights by their names."""

    def normed(at: str, x):
        parts = [w[f"{at}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *parts)

    x = F.relu(normed("bn1", F.conv2d(x, w["conv1.weight"], stride=stride, padding=3)))
    x = F.max_pool2d(x, 3, 2, 1) if pooled else x
    for group, count in enumerate(RESNETS[name]):
        for index in range(count):
            at = f"layer{group + 1}.{index}"
            step = 2 if group > 0 and index == 0 else 1
            last = 3 if name == "resnet50" else 2
            skip, y = x, x
            for number in range(1, last + 1):
                kernel = w[f"{at}.conv{number}.weight"]
                # The step is taken by the first 3x3 convolution (version 1.5 for 50 layers).
                here = step if number == (2 if last == 3 else 1) else 1
                y = F.conv2d(y, kernel, stride=here, padding=kernel.shape[-1] // 2)
                y = normed(f"{at}.bn{number}", y)
                y = F.relu(y) if number < last else y
            if f"{at}.downsample.0.weight" in w:
                skip = F.conv2d(x, w[f"{at}.downsample.0.weight"], stride=step)
                skip = normed(f"{at}.downsample.1", skip)
            x = F.relu(y + skip)
    return x


def squeezenet_by_hand(w, x, stride: int, padding: int):
    def conv(at: str, x, **how):
        return F.relu(F.conv2d(x, w[f"{at}.weight"], w[f"{at}.bias"], **how))

    x = conv("features.0", x, stride=stride, padding=padding)
    for index in range(1, 13):
        at = f"features.{index}"
        if index in FIRES:
            x = conv(f"{at}.squeeze", x)
            near, around = conv(f"{at}.expand1x1", x), conv(f"{at}.expand3x3", x, padding=1)
            x = torch.cat([near, around], dim=1)
        elif index in (2, 5, 8):
            x = F.max_pool2d(x, 3, 2, ceil_mode=True)
    return x


def vgg_by_hand(w, x):
    for index in range(21):
        if index in VGG11:
            at = f"features.{index}"
            x = F.relu(F.conv2d(x, w[f"{at}.weight"], w[f"{at}.bias"], padding=1))
        elif index in (2, 5, 10, 15, 20):
            x = F.max_pool2d(x, 2)
    return x


def by_hand(name: str, w, x):
    size = x.shape[-1]
    if name in RESNETS:
        return resnet_by_hand(name, w, x, stride=2 if size > 40 else 1, pooled=size > 64)
    if name == "squeezenet":
        return squeezenet_by_hand(w, x, *((2, 0) if size > 64 else (1, 1)))
    return vgg_by_hand(w, x)


@pytest.mark.parametrize("size", [32, 48, 97])
@pytest.mark.parametrize("name", NAMES)
def test_forward_is_that_of_the_paper(name, size) -> None:
    torch.manual_seed(1)
    network = build(name, size, 16).eval()
    weights = network.state_dict()
    for key, value in weights.items():  # statistics that are not the identity
        if key.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif key.endswith(("running_mean", "bias")):
            value.normal_(0, 0.1)
    x = torch.randn(2, 3, size, size)
    with torch.no_grad():
        mean = by_hand(name, weights, x).mean(dim=(2, 3))
        wanted = mean @ weights["head.weight"].T + weights["head.bias"]
        got = network(x)
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5 * float(wanted.abs().max()))
