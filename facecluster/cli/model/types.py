"""Values of `facecluster model adopt` that need more than a number or a choice."""

from __future__ import annotations

import math
from typing import Any

import click

ARCFACE, SHIPPED = "arcface", "shipped"  # templates that have a name


class Numbers(click.ParamType):  # type: ignore[type-arg]  # generic in new click only
    """A number for all colours, or three for red, green and blue."""

    name = "number[,number,number]"

    def __init__(self, positive: bool = False) -> None:
        self.positive = positive

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        numbers = _numbers(str(value))
        if len(numbers) not in (1, 3) or (self.positive and min(numbers) <= 0):
            kind = "above 0, " if self.positive else ""
            self.fail(
                f"{value!r}: give one number {kind}or three for R,G,B, such as 127.5", param, ctx
            )
        return numbers * 3 if len(numbers) == 1 else numbers


class Template(click.ParamType):  # type: ignore[type-arg]
    """Five points of a face in the crop, by name or in px."""

    name = "template"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | tuple[float, ...]:
        if value in (ARCFACE, SHIPPED) or isinstance(value, tuple):
            return value  # type: ignore[no-any-return]
        numbers = _numbers(str(value))
        if len(numbers) != 10:
            self.fail(
                f"{value!r}: give {ARCFACE}, {SHIPPED}, or x,y of five points in px of the crop: "
                "right eye, left eye, nose, right and left mouth corner",
                param,
                ctx,
            )
        return numbers


class FalseAccepts(click.ParamType):  # type: ignore[type-arg]
    """RATE=DISTANCE."""

    name = "rate=distance"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        rate, _, distance = str(value).partition("=")
        numbers = (*_numbers(rate), *_numbers(distance))
        if len(numbers) != 2 or not 0 < numbers[0] < 1 or not 0 <= numbers[1] <= 2:
            self.fail(
                f"{value!r}: give a false-accept rate and the distance that has it, such as "
                "0.001=0.62",
                param,
                ctx,
            )
        return numbers[0], numbers[1]


def _numbers(text: str) -> tuple[float, ...]:
    """Numbers between commas or spaces; none where one of them is not finite."""
    try:
        numbers = tuple(float(part) for part in text.replace(",", " ").split())
    except ValueError:
        return ()
    return numbers if all(map(math.isfinite, numbers)) else ()
