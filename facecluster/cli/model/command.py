"""facecluster model: what a model file holds, and a spec for a model from elsewhere."""

from __future__ import annotations

import click

from facecluster.cli.model.adopt import adopt_command
from facecluster.cli.model.show import show_command

EPILOG = """
\b
Examples:
  facecluster model show
  facecluster model show runs/latest/best.pt --layers
  facecluster model adopt arcface.onnx -o faces.onnx --template arcface
"""


@click.group("model", epilog=EPILOG)
def model_command() -> None:
    """Show what a model file holds, or turn an embedder from elsewhere into one that facecluster
    takes."""


model_command.add_command(show_command)
model_command.add_command(adopt_command)
