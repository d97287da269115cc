"""facecluster people: who there is, and what was said of them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from facecluster.cli.common.options import DEBUG_OPTION, NEW_FOLDER
from facecluster.cli.people.commands import of_faces, of_files, of_people
from facecluster.cli.people.commands.options import place
from facecluster.cli.people.words import arranged

DEFAULT: Final = "list"
COMMANDS: Final = {
    command.name: command
    for command in (
        of_people.list_command,
        of_people.name_command,
        of_people.merge_command,
        of_faces.split_command,
        of_faces.confirm_command,
        of_faces.reject_command,
        of_faces.same_command,
        of_faces.different_command,
        of_faces.add_command,
        of_faces.ignore_command,
        of_faces.unignore_command,
        of_people.hide_command,
        of_people.show_command,
        of_files.album_command,
        of_files.export_command,
        of_files.import_command,
        of_files.learn_command,
        of_files.undo_command,
    )
}

EPILOG = """
\b
Examples:
  facecluster people ~/Photos                       everybody, in a table
  facecluster people ~/Photos name 14 Zoë
  facecluster people ~/Photos merge Zoë 31          person 31 is Zoë, too
  facecluster people ~/Photos reject Zoë 2019/IMG_7.jpg
  facecluster people ~/Photos confirm Zoë 2020/group.jpg#2 --apply
  facecluster people ~/Photos undo
  facecluster people ~/Photos album Zoë --zip zoe.zip

\b
PHOTOS  the photo folder, or the output folder; left out, the current folder
ID      a number as the list and folders have it (14, person-014), or a name
FACE    the path of a photo that shows one face (of that person); with #2 the
        second face from the left; the path of a file in a person's folder;
        the number of a face in report.json (7 or face-7), or its key there

What is said is kept in people.toml in the output folder; every later run obeys.
"""


class People(click.Group):
    """A group whose folder and command may be left out (cli/people/words.py)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        default = "" if ctx.resilient_parsing else DEFAULT
        return super().parse_args(ctx, arranged(args, self.commands, default))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command; a word that is none may also be a folder that is not there."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            close = get_close_matches(args[0], self.commands, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            ctx.fail(f"{args[0]!r} is no command{hint}, nor a folder with results.")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[PHOTOS]", "[COMMAND]", "[ARGS]..."]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Folders, where none is given yet, then commands."""
        folders = [CompletionItem(incomplete, type="dir")] if _no_folder(ctx) else []
        return [*folders, *super().shell_complete(ctx, incomplete)]


def _no_folder(ctx: click.Context) -> bool:
    return ctx.params.get("photos") in (None, Path())


@click.group("people", cls=People, commands=COMMANDS, epilog=EPILOG, subcommand_metavar="")
@click.argument("photos", type=NEW_FOLDER)
@place()
@DEBUG_OPTION
def people_command(**_: Any) -> None:
    """List the people of PHOTOS, name them, and correct who is who."""
