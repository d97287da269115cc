"""Augmentation: what changes, what must not, and that it can be drawn again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from facecluster.train.batch import augment
from facecluster.train.batch.augment import STRENGTHS, Augment


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def photo(astronaut: np.ndarray) -> Tensor:
    """A face: float32 [1, 3, 64, 64]."""
    pixels = torch.from_numpy(astronaut[0:256, 96:352].copy()).permute(2, 0, 1)[None].float()
    return torch.nn.functional.interpolate(pixels, (64, 64), mode="area").round()


@pytest.mark.parametrize("level", ["none", "light", "full"])
@pytest.mark.parametrize("shape", [(40, 3, 32, 32), (40, 1, 28, 28), (9, 3, 24, 40), (0, 3, 8, 8)])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_shape_type_and_range(level: str, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    pixels = torch.randint(0, 256, shape, generator=generator(), dtype=torch.uint8).to(dtype)
    before = pixels.clone()
    changed = Augment(level, True, generator(1))(pixels)
    assert changed.dtype == torch.float32
    assert changed.shape == pixels.shape
    assert torch.isfinite(changed).all()
    assert torch.equal(pixels, before)
    if len(pixels):
        assert 0 <= changed.min() <= changed.max() <= 255
        assert torch.equal(changed, pixels.float()) == (level == "none")


@pytest.mark.parametrize("level", ["light", "full"])
def test_the_same_generator_gives_the_same_bits(photo: Tensor, level: str) -> None:
    batch = photo.repeat(50, 1, 1, 1)
    first, again, other = (Augment(level, True, generator(s))(batch) for s in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    going_on = Augment(level, True, generator(3))
    assert torch.equal(going_on(batch), first)
    assert not torch.equal(going_on(batch), first)


def test_pictures_are_changed_each_in_its_own_way(photo: Tensor) -> None:
    changed = Augment("full", True, generator())(photo.repeat(60, 1, 1, 1))
    assert len({row.numpy().tobytes() for row in changed}) > 50


def test_some_pictures_are_left_alone_and_flips_can_be_forbidden(photo: Tensor) -> None:
    batch = photo.repeat(400, 1, 1, 1)
    for flips, share in ((False, 0.0), (True, 0.125)):  # half of each untouched quarter
        changed = Augment("light", flips, generator())(batch)
        same = (changed == photo).flatten(1).all(dim=1).float().mean()
        mirrored = (changed == photo.flip(-1)).flatten(1).all(dim=1).float().mean()
        assert float(mirrored) == pytest.approx(share, abs=0.06)
        assert float(same + mirrored) == pytest.approx(0.25, abs=0.08)


def test_a_turn_is_that_of_scipy(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    draws = iter([1.0, 0.5, 0.5, 0.5])  # turned as far as it goes, not zoomed, not shifted
    monkeypatch.setattr(change, "_draw", lambda like, *shape: torch.full(shape, next(draws)))
    turned = change._affine(photo)[0].mean(dim=0)
    angle = STRENGTHS["full"].turn
    wanted = ndimage.rotate(
        photo[0].mean(dim=0).numpy(), angle, reshape=False, order=1, mode="nearest"
    )
    assert np.abs(turned.numpy() - wanted)[16:48, 16:48].max() < 0.05


def test_zoom_and_shift_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    ramp = torch.arange(100.0).expand(1, 1, 60, 100)
    for draws, slope, middle in (
        ([0.5, 1.0, 0.5, 0.5], 1 + STRENGTHS["full"].zoom, 49.5),
        ([0.5, 0.5, 1.0, 0.5], 1, 49.5 + 100 * STRENGTHS["full"].shift),
        ([0.5, 0.5, 0.5, 1.0], 1, 49.5),
    ):
        left = iter(draws)
        monkeypatch.setattr(
            change, "_draw", lambda like, *shape, left=left: torch.full(shape, next(left))
        )
        line = change._affine(ramp)[0, 0, 30, 20:80]
        assert line.diff().mean().item() == pytest.approx(slope, abs=1e-3)
        assert line.mean().item() == pytest.approx(middle, abs=1e-2)


def test_wide_pictures_turn_without_shear(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    draws = iter([1.0, 0.5, 0.5, 0.5])
    monkeypatch.setattr(change, "_draw", lambda like, *shape: torch.full(shape, next(draws)))
    y, x = torch.meshgrid(torch.arange(60.0), torch.arange(100.0), indexing="ij")
    changed = change._affine(torch.stack([x, y])[None])[0, :, 20:40, 30:70]
    across = changed[:, :, 1:] - changed[:, :, :-1]
    down = changed[:, 1:] - changed[:, :-1]
    assert across.mean(dim=(1, 2)).norm().item() == pytest.approx(1, abs=1e-3)
    assert down.mean(dim=(1, 2)).norm().item() == pytest.approx(1, abs=1e-3)
    assert (across.mean(dim=(1, 2)) @ down.mean(dim=(1, 2))).item() == pytest.approx(0, abs=1e-3)


def test_colour_by_hand(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    s = STRENGTHS["full"]
    for values in ((1.0, 0.5, 0.5), (0.5, 1.0, 0.5), (0.5, 0.5, 0.0)):
        draws = iter(values)
        monkeypatch.setattr(
            change, "_draw", lambda like, *shape, draws=draws: torch.full(shape, next(draws))
        )
        contrast, light, vivid = (2 * value - 1 for value in values)
        luma = torch.tensor(augment.GREY).view(1, 3, 1, 1)
        grey = (photo * luma).sum(dim=1, keepdim=True)
        mixed = grey + (1 + vivid * s.saturation) * (photo - grey)
        wanted = grey.mean() + (1 + contrast * s.contrast) * (mixed - grey.mean())
        wanted = wanted + 255 * light * s.brightness
        torch.testing.assert_close(change._colour(photo), wanted, atol=1e-3, rtol=0)


def test_grey_pictures_keep_their_one_channel_and_rgb_grey_stays_grey() -> None:
    grey = torch.randint(0, 256, (30, 1, 32, 32), generator=generator(), dtype=torch.uint8)
    change = Augment("full", True, generator())
    spread = change._colour(grey.repeat(1, 3, 1, 1).float()).std(dim=1)
    assert spread.max() < 1e-3
    assert change(grey).shape == grey.shape


def test_blur_is_that_of_scipy(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    monkeypatch.setattr(change, "_draw", lambda like, *shape: torch.full(shape, 0.6))
    sigma = 64 * (0.004 + 0.008 * 0.6)
    wanted = [ndimage.gaussian_filter(c, sigma, mode="nearest", radius=2) for c in photo[0].numpy()]
    torch.testing.assert_close(
        change._blur(photo)[0], torch.from_numpy(np.stack(wanted)), atol=1e-2, rtol=0
    )


def test_blur_and_low_resolution_keep_the_brightness_and_take_detail(photo: Tensor) -> None:
    change = Augment("full", False, generator())
    batch = photo.repeat(12, 1, 1, 1)
    for changed in (change._blur(batch.clone()), change._low(batch.clone())):
        assert (changed.mean(dim=(1, 2, 3)) - photo.mean()).abs().max() < 2
        detail = changed.diff(dim=-1).abs().mean(dim=(1, 2, 3))
        assert (detail < 0.95 * photo.diff(dim=-1).abs().mean()).all()


def test_small_pictures_are_not_reduced_further(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Augment("full", False, generator())
    batch = torch.randint(0, 256, (20, 3, 12, 12), generator=generator()).float()
    torch.testing.assert_close(change._low(batch.clone()), batch, atol=1e-3, rtol=0)


def test_erased_is_one_rectangle_of_the_stated_area() -> None:
    change = Augment("full", False, generator())
    for shape in ((200, 3, 40, 40), (200, 1, 30, 60)):
        batch = torch.full(shape, -1.0)
        hit = (change._erase(batch) != -1).any(dim=1)
        low, high = STRENGTHS["full"].erased
        for mask in hit:
            rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
            box = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            assert box.all()
            assert 0.5 * low < mask.float().mean() < 1.2 * high


def test_how_much_is_a_matter_of_strength() -> None:
    change = Augment("full", False, generator())
    change.strength = replace(STRENGTHS["full"], erased=(0.5, 0.6), low_sides=(1.0,))
    batch = torch.full((50, 3, 40, 40), -1.0)
    hit = (change._erase(batch) != -1).any(dim=1).float().mean(dim=(1, 2))
    assert (hit > 0.4).all()
    drawn = torch.rand(4, 3, 40, 40, generator=generator())
    torch.testing.assert_close(change._low(drawn.clone()), drawn)


def test_each_change_comes_as_often_as_stated(
    photo: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Augment("full", True, generator())
    counts: dict[str, int] = {}

    def counting(name: str):
        def count(x: Tensor) -> Tensor:
            counts[name] = counts.get(name, 0) + len(x)
            return x

        return count

    for name in ("affine", "colour", "blur", "low", "erase"):
        monkeypatch.setattr(change, f"_{name}", counting(name))
    for _ in range(40):
        change(photo.repeat(50, 1, 1, 1))
    for name, count in counts.items():
        assert count / 2000 == pytest.approx(getattr(STRENGTHS["full"], name), abs=0.045)
    assert len(counts) == 5


def test_unknown_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="expected none, light, full, got 'wild'"):
        Augment("wild", True, generator())
