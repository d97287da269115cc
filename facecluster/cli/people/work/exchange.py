"""Names and corrections as a file for another folder or computer, and from there."""

from __future__ import annotations

import os
from pathlib import Path

import click

from facecluster.base.atomic import write_atomic
from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.results import results_for
from facecluster.errors import SettingsError
from facecluster.library.people.carry import export_people, import_people
from facecluster.library.people.document import LARGEST, parsed
from facecluster.library.people.records import People


def write_file(ctx: click.Context, file: Path, force: bool) -> int:
    """Write all that is known; gives how many people that are.

    Raises SettingsError where `file` is there, and OutputError.
    """
    people = results_for(ctx).people
    if os.path.lexists(file) and not force:
        raise SettingsError(f"{file}: it is there already; choose another name, or give --force")
    write_atomic(file, export_people(people))
    return len(people.people)


def imported(desk: Desk, file: Path) -> Outcome:
    """All of the file added to what is known here. Raises SettingsError for what is not one."""
    other = _read(file)
    everybody = desk.who.face_to_person()
    shown = {desk.results.key(face): everybody[face] for face in everybody}
    people, told = import_people(desk.people, other, shown)
    count = len(other.people)
    said = f"{'1 person' if count == 1 else f'{count} people'} of {file} added."
    return Outcome(people, "\n".join([said, *told]))


def _read(file: Path) -> People:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError("it is too large")
        return parsed(data.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise SettingsError(f"{file}: not names and corrections of facecluster ({why})") from error
