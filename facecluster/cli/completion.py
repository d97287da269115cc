"""facecluster completion: tab completion for the shells that click knows."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

EPILOG = """
\b
Examples:
  facecluster completion bash >> ~/.bashrc
  facecluster completion zsh  >> ~/.zshrc
  facecluster completion fish > ~/.config/fish/completions/facecluster.fish
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and paths."""
    maker = get_completion_class(shell)
    assert maker is not None, shell
    root = ctx.find_root().command
    click.echo(maker(root, {}, "facecluster", "_FACECLUSTER_COMPLETE").source())
