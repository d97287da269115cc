"""Commands on faces: whose they are, whose they are not, and who is left out."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import click

from facecluster.cli.common.options import option
from facecluster.cli.people.commands.options import change_options, command

ID = click.argument("person", metavar="ID")
FACES = click.argument("faces", nargs=-1, required=True, metavar="FACE...")
ANY_FACES = click.argument("faces", nargs=-1, metavar="[FACE...]")


class Box(click.ParamType):  # type: ignore[type-arg]  # older click's has no arguments
    """A face in a photo: left, top, width and height in px."""

    name = "box"
    _NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        parts = [part.strip() for part in str(value).split(",")]
        if len(parts) != 4 or not all(map(self._NUMBER.fullmatch, parts)):
            self.fail(f"{value!r} is not a box; give X,Y,WIDTH,HEIGHT in px", param, ctx)
        return tuple(map(float, parts))


@command(
    "split", "Make a new person of some faces of one.", "split Zoë 2019/IMG_7.jpg 2019/IMG_9.jpg"
)
@ID
@FACES
@change_options
@click.pass_context
def split_command(ctx: click.Context, /, person: str, faces: tuple[str, ...], **_: Any) -> None:
    """Make a new person of these faces of the person ID."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import split

    change(ctx, ("split", person, *faces), partial(split, text=person, faces=faces))


@command("confirm", "These faces are this person.", "confirm Zoë", "confirm Zoë 2020/group.jpg#2")
@ID
@ANY_FACES
@change_options
@click.pass_context
def confirm_command(ctx: click.Context, /, person: str, faces: tuple[str, ...], **_: Any) -> None:
    """Say that these faces are the person ID; without any, all that are there now."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import confirmed

    change(ctx, ("confirm", person, *faces), partial(confirmed, text=person, faces=faces))


@command(
    "reject",
    "These faces are not this person.",
    "reject Zoë 2019/IMG_7.jpg",
    "reject Zoë ~/Photos-people/people/Zoë/IMG_7.jpg",
)
@ID
@FACES
@change_options
@click.pass_context
def reject_command(ctx: click.Context, /, person: str, faces: tuple[str, ...], **_: Any) -> None:
    """Say that these faces are not the person ID."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import rejected

    change(ctx, ("reject", person, *faces), partial(rejected, text=person, faces=faces))


@command(
    "ignore",
    "Leave faces out: strangers, or no faces.",
    "ignore 2019/IMG_7.jpg#3",
    "ignore face-12 face-15",
)
@FACES
@option("--stranger", is_flag=True, help="They are of strangers. Told, and otherwise the same.")
@change_options
@click.pass_context
def ignore_command(ctx: click.Context, /, faces: tuple[str, ...], stranger: bool, **_: Any) -> None:
    """Leave these faces out of everything: of strangers, or no faces at all."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import ignored

    change(ctx, ("ignore", *faces), partial(ignored, faces=faces, stranger=stranger))


@command("unignore", "Look at such faces again.", "unignore 2019/IMG_7.jpg#3")
@FACES
@change_options
@click.pass_context
def unignore_command(ctx: click.Context, /, faces: tuple[str, ...], **_: Any) -> None:
    """Look at faces again that were left out by `ignore`."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import unignored

    change(ctx, ("unignore", *faces), partial(unignored, faces=faces))


@command("same", "Two people or faces are one.", "same 14 31", "same 2019/IMG_7.jpg 2020/IMG_1.jpg")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@change_options
@click.pass_context
def same_command(ctx: click.Context, /, one: str, other: str, **_: Any) -> None:
    """Say that A and B are one: two people, two faces, or a person and a face.

    A number is that of a person here; a face's is written face-7.
    """
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import same

    change(ctx, ("same", one, other), partial(same, one=one, other=other))


@command(
    "different",
    "Two people or faces are two.",
    "different 14 31",
    "different 2019/IMG_7.jpg#1 2020/IMG_1.jpg",
)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@change_options
@click.pass_context
def different_command(ctx: click.Context, /, one: str, other: str, **_: Any) -> None:
    """Say that A and B are two: people, faces, or a person and a face.

    A number is that of a person here; a face's is written face-7.
    """
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_faces import different

    change(ctx, ("different", one, other), partial(different, one=one, other=other))


@command("add", "Add a face that was not found.", "add 2019/IMG_7.jpg 410,120,80,95 Zoë")
@click.argument("photo", metavar="PHOTO")
@click.argument("box", type=Box(), metavar="X,Y,W,H")
@click.argument("name", nargs=-1, required=True)
@change_options
@click.pass_context
def add_command(
    ctx: click.Context,
    /,
    photo: str,
    box: tuple[float, float, float, float],
    name: tuple[str, ...],
    **_: Any,
) -> None:
    """Add a face that was not found, of the person NAME, who is new if nobody is called so.

    X,Y,W,H: its box in px of the upright photo, from the top left corner.
    """
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.drawn import added

    whole, numbers = " ".join(name), ",".join(f"{value:g}" for value in box)
    work = partial(added, path=photo, box=box, name=whole)
    change(ctx, ("add", photo, numbers, whole), work)
