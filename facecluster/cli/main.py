"""The commands, and the one place where errors become messages and exit codes.

`cli.common.exits` lists the codes; `cli.common.fields` knows which option a setting is.
Nothing heavy is imported here: a command's module is loaded when it runs.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module

import click

from facecluster import __version__
from facecluster.base.memory import address_limit, is_lack
from facecluster.cli.common.addresses import spare_addresses
from facecluster.cli.common.exits import Exit
from facecluster.cli.common.fields import in_options
from facecluster.cli.common.options import DEBUG
from facecluster.cli.common.streams import forget, prepare_streams
from facecluster.cli.common.terminal import clean, one_line
from facecluster.errors import FaceclusterError

# Name, module inside this package, and the line that `facecluster --help` shows.
COMMANDS = {
    "group": ("group", "Turn a folder of photos into a folder per person."),
    "people": ("people.command", "List people, name them, and correct who is who."),
    "check": ("check", "Look whether the results of earlier runs are whole."),
    "train": ("train.command", "Train an embedding network on a folder of class folders."),
    "export": ("export.command", "Write a trained network as an ONNX model."),
    "evaluate": ("evaluate.command", "Measure a model: same person or not, and grouping."),
    "pairs": ("pairs", "Draw verification pairs from a folder of class folders."),
    "compare": ("compare", "Tell whether two pictures show the same person."),
    "identify": ("identify.command", "Tell who is in photos, from a folder of known people."),
    "model": ("model.command", "Show what a model file holds, or describe a foreign one."),
    "completion": ("completion", "Print the shell completion script."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"facecluster.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what a user can mend ends in one sentence, a bug of ours in two."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            raise _harmless(error) from None
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            raise click.Abort from None
        except FaceclusterError as error:
            _explain(ctx, in_options(str(error)))
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            forget(sys.stdout)  # whoever read it has seen enough
            ctx.exit(Exit.ERROR)
        except ImportError as error:
            _explain(ctx, _lacking(error) or _missing(error))
            ctx.exit(Exit.ERROR)
        except Exception as error:
            _explain(ctx, _lacking(error) or _refused(error) or _ours(error))
            ctx.exit(Exit.ERROR)


def _lacking(error: Exception) -> str:
    """What to do where memory ran out; empty for any other error."""
    if not is_lack(error):
        return ""
    limit = address_limit()
    if limit is not None:
        return (
            f"the {limit // 10**6} MB of address space that facecluster may have did not do; raise "
            "the limit (`ulimit -v`) and run the same command again."
        )
    return (
        "there was not enough memory; close other programs, or let fewer photos be in work at once "
        "(--threads 1), and run the same command again."
    )


def _missing(error: ImportError) -> str:
    """What helps when a package cannot be loaded: on servers often OpenCV, made for a screen."""
    if "shared object" in str(error):
        return (
            f"a library of the system is missing ({error}). On Debian and Ubuntu "
            "`apt install libgl1 libglib2.0-0` brings what OpenCV needs; so does putting "
            "opencv-python-headless in the place of opencv-python with pip."
        )
    return f"a package is missing or damaged ({error}); install facecluster again."


# What the system says when it is the disk, the network or a limit that gives way.
_OF_THE_SYSTEM = frozenset(
    getattr(errno, name)
    for name in (
        "ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "ENXIO", "ENODEV", "EMFILE", "ENFILE",
        "ENAMETOOLONG", "ELOOP", "EACCES", "EPERM", "ESTALE", "EREMOTEIO", "ETIMEDOUT",
        "ENOTCONN", "EHOSTDOWN", "ENOMEDIUM",
    )
    if hasattr(errno, name)
)  # fmt: skip


def _refused(error: Exception) -> str:
    """What the system did not let us do; empty for any other error."""
    if not isinstance(error, OSError) or error.errno not in _OF_THE_SYSTEM:
        return ""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}the system says '{error.strerror}'; mend that and run the same command again."


def _ours(error: Exception) -> str:
    return (
        f"unexpected {type(error).__name__}: {error}. This is a fault of facecluster; "
        "run again with --debug and report what it prints."
    )


def _explain(ctx: click.Context | None, sentence: str) -> None:
    with suppress(OSError):  # there may be no room for it either
        if ctx is not None and ctx.meta.get(DEBUG):
            traceback.print_exc()
        click.echo(f"Error: {one_line(sentence)}", err=True)


def _harmless(error: click.ClickException) -> click.ClickException:
    """The error without what a terminal would obey: it may quote names of files."""
    lines = map(clean, error.message.split("\n"))
    error.message = "\n".join(lines)  # type: ignore[misc]  # it is final in new click
    return error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: facecluster group ~/Photos",
)
@click.version_option(__version__, prog_name="facecluster")
def cli() -> None:
    """Sort photos by the people in them, on this machine and nowhere else.

    No photo is uploaded, no model is downloaded, and no original is changed.
    """


def main() -> None:
    """The console script."""
    prepare_streams()
    spare_addresses()
    # A report of 10,000 photos is many small values without circles; looking for some among them
    # as often as Python does by default takes a twentieth of the run.
    gc.set_threshold(200_000, 50, 50)
    if not sys.warnoptions:
        # What libraries tell their makers; -W and --debug show it.
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").propagate = False
    try:
        code = cli.main(standalone_mode=False)
    except click.Abort:
        click.echo("Interrupted. Run the same command again to go on where it stopped.", err=True)
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        _harmless(error).show()
        code = error.exit_code
    except FaceclusterError as error:  # --help and --version, printed to a full disk
        _explain(None, str(error))
        code = error.exit_code
    _end(code if isinstance(code, int) else 0)


def _end(code: int) -> None:
    """Leave, and do not wait for a decoder that nobody can interrupt."""
    pool = sys.modules.get("facecluster.base.pool")
    if pool is None or not pool.left_behind():
        sys.exit(code)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)
