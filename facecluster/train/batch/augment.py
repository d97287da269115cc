"""Augmentation of a whole batch at once, in torch, where the batch lives.

Each kind of change is drawn for each picture on its own, and only the pictures that it was drawn
for are touched. There is no loop over pictures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

GREY = (0.299, 0.587, 0.114)  # luma of R, G, B, ITU-R BT.601


@dataclass(frozen=True, slots=True)
class Strength:
    """How often (share of the pictures) and how much.

    turn: degrees. zoom, brightness, contrast, saturation: share of the value, both ways.
    shift: share of the side. blur, low, erase: only how often; how much is the same at all levels.

    blur_sigma: share of the side, from and to; blur_least: px, no sigma is below. low_sides: shares
    of the side, one of which a picture is reduced to; low_least: px, no side is reduced below.
    erased: share of the area, from and to; Zhong et al. 2017, arXiv:1708.04896, have up to 0.4.
    stretch: longest side of an erased rectangle to its shortest, at most.
    """

    affine: float
    turn: float
    zoom: float
    shift: float
    colour: float
    brightness: float
    contrast: float
    saturation: float
    blur: float = 0.0
    low: float = 0.0
    erase: float = 0.0
    blur_sigma: tuple[float, float] = (0.004, 0.012)
    blur_least: float = 0.4
    low_sides: tuple[float, ...] = (0.7, 0.5, 0.35)
    low_least: int = 12
    erased: tuple[float, float] = (0.02, 0.2)
    stretch: float = 3.0


STRENGTHS: dict[str, Strength] = {
    "light": Strength(0.5, 8, 0.08, 0.05, 0.5, 0.1, 0.15, 0.15),
    "full": Strength(0.7, 12, 0.12, 0.06, 0.8, 0.2, 0.35, 0.4, blur=0.15, low=0.15, erase=0.25),
}


class Augment:
    """Changes pictures as other photos of the same class might differ.

    level: `none`, `light` (mirror, small turns, zooms and shifts, a little colour) or `full` (more
    of it, and blur, low resolution, erased rectangles). flips: whether a mirrored picture is of the
    same class; if so half of them are mirrored. generator: all is drawn from it, so that the same
    state gives the same pictures; it may live on another device than they do.
    """

    def __init__(self, level: str, flips: bool, generator: torch.Generator) -> None:
        if level != "none" and level not in STRENGTHS:
            raise ValueError(f"level: expected none, {', '.join(STRENGTHS)}, got {level!r}")
        self.strength = STRENGTHS.get(level)
        self.flips = flips
        self.generator = generator

    @torch.no_grad()
    def __call__(self, pixels: Tensor) -> Tensor:
        """uint8 or float [N, C, H, W] of 0..255 in, float32 of the same shape and range out.

        C is 1 (grey) or 3 (RGB). The input is left as it is.
        """
        s = self.strength
        batch = pixels.to(torch.float32, copy=True)
        if s is None or not len(batch):
            return batch
        if self.flips:
            self._some(batch, 0.5, lambda x: x.flip(-1))
        self._some(batch, s.affine, self._affine)
        self._some(batch, s.low, self._low)
        self._some(batch, s.blur, self._blur)
        self._some(batch, s.colour, self._colour)
        self._some(batch, s.erase, self._erase)
        return batch.clamp_(0, 255)

    def _some(self, batch: Tensor, share: float, change: Callable[[Tensor], Tensor]) -> None:
        """Change each picture in place with probability `share`."""
        if not share:
            return
        chosen = (self._draw(batch, len(batch)) < share).nonzero().squeeze(1)
        if len(chosen):
            batch[chosen] = change(batch[chosen])

    def _draw(self, like: Tensor, *shape: int) -> Tensor:
        """Uniform in 0..1, float32, on the device of `like`."""
        own = self.generator.device
        return torch.rand(*shape, generator=self.generator, device=own).to(like.device)

    def _spread(self, like: Tensor, amount: float) -> Tensor:
        """One value per picture, uniform in -amount..amount: [N]."""
        return (2 * self._draw(like, len(like)) - 1) * amount

    def _affine(self, x: Tensor) -> Tensor:
        """Turn, zoom and shift by one resampling; the border is drawn out to fill."""
        s = self.strength
        assert s is not None
        angle = self._spread(x, math.radians(s.turn))
        zoom = torch.exp(self._spread(x, math.log1p(s.zoom)))
        across, down = 2 * self._spread(x, s.shift), 2 * self._spread(x, s.shift)
        cosine, sine = zoom * angle.cos(), zoom * angle.sin()
        flatten = x.shape[-1] / x.shape[-2]
        rows = [torch.stack([cosine, -sine / flatten, across], dim=1)]
        rows.append(torch.stack([sine * flatten, cosine, down], dim=1))
        grid = F.affine_grid(torch.stack(rows, dim=1), list(x.shape), align_corners=False)
        return F.grid_sample(x, grid, padding_mode="border", align_corners=False)

    def _colour(self, x: Tensor) -> Tensor:
        """Saturation about the grey value, contrast about the mean grey, brightness: one matrix."""
        s = self.strength
        assert s is not None
        channels = x.shape[1]
        contrast = 1 + self._spread(x, s.contrast)
        light = 255 * self._spread(x, s.brightness)
        luma = x.new_tensor(GREY) if channels == 3 else x.new_ones(1)
        mix = torch.eye(channels, device=x.device).expand(len(x), -1, -1)
        if channels == 3:
            vivid = (1 + self._spread(x, s.saturation))[:, None, None]
            mix = vivid * mix + (1 - vivid) * luma.expand(3, 3)
        mean = x.mean(dim=(2, 3)) @ luma
        offset = ((1 - contrast) * mean + light)[:, None, None]
        changed = torch.baddbmm(offset, contrast[:, None, None] * mix, x.flatten(2))
        return changed.view_as(x)

    def _blur(self, x: Tensor) -> Tensor:
        """A Gaussian of five taps each way."""
        s = self.strength
        assert s is not None
        low, high = s.blur_sigma
        share = low + (high - low) * self._draw(x, len(x))
        sigma = (x.shape[-1] * share).clamp(min=s.blur_least)
        steps = torch.arange(-2, 3, device=x.device)
        taps = torch.softmax(-(steps**2) / (2 * sigma[:, None] ** 2), dim=1)
        kernels = (taps[:, :, None] * taps[:, None, :]).repeat_interleave(x.shape[1], dim=0)
        # Every channel of every picture is a group of one convolution.
        wide = F.pad(x, (2, 2, 2, 2), mode="replicate").flatten(0, 1)[None]
        return F.conv2d(wide, kernels[:, None], groups=len(kernels)).view_as(x)

    def _low(self, x: Tensor) -> Tensor:
        """Reduced and enlarged again; the sizes of one batch are few, each done at once."""
        s = self.strength
        assert s is not None
        pick = (self._draw(x, len(x)) * len(s.low_sides)).long()
        height, width = x.shape[-2:]
        for number, share in enumerate(s.low_sides):
            rows = (pick == number).nonzero().squeeze(1)
            small = [min(side, max(s.low_least, round(share * side))) for side in (height, width)]
            if len(rows):
                reduced = F.interpolate(x[rows], small, mode="bilinear")
                x[rows] = F.interpolate(reduced, (height, width), mode="bilinear")
        return x

    def _erase(self, x: Tensor) -> Tensor:
        """A rectangle of each picture becomes noise about a random colour."""
        s = self.strength
        assert s is not None
        count, channels, height, width = x.shape
        low, high = s.erased
        area = low + (high - low) * self._draw(x, count)
        stretch = torch.exp(self._spread(x, 0.5 * math.log(s.stretch)))
        inside = torch.ones(count, 1, 1, 1, dtype=torch.bool, device=x.device)
        for side, share, axis in (
            (height, area.sqrt() * stretch, 2),
            (width, area.sqrt() / stretch, 3),
        ):
            extent = (share * side).clamp(1, side)
            start = self._draw(x, count) * (side - extent)
            place = torch.arange(side, device=x.device) + 0.5
            hit = (place >= start[:, None]) & (place < (start + extent)[:, None])
            inside = inside & hit.view(count, 1, *((side, 1) if axis == 2 else (1, side)))
        colour = 255 * self._draw(x, count, channels, 1, 1)
        noise = 64 * (self._draw(x, count, 1, height, width) - 0.5)
        return torch.where(inside, colour + noise, x)
