"""Settings, as the errors of the library name them, become options of the command line."""

from __future__ import annotations

import re

# What a dotted name begins with: the parts of Settings and of TrainConfig.
SECTIONS = frozenset(
    {"scan", "read", "cluster", "output", "data", "model", "loss", "names", "optim"}
)
# Names without a dot: settings of a whole run, and parameters of functions that commands call.
PLAIN = frozenset(
    {"calibration", "classes", "device", "force", "input", "int8", "minutes", "model", "name"}
    | {"memory", "regroup", "opset", "output", "picture", "pictures", "precision", "resume", "roc"}
    | {"save", "size", "stages", "strangers", "tensorboard"}
)
# Options that are not called like the last part of their setting.
RENAMED = {
    "optim.name": "--optimizer",
    "names.known": "--known",
    "names.read": "--read-names",
    "names.write": "--write-names",
    "output.folder": "--out",
    "size": "--crop-size",  # of the crops that a foreign model takes
}
_QUOTED = re.compile(r"`([a-z]\w*(?:\.\w+)?)`")


def option_of(field: str) -> str | None:
    """`cluster.min_photos` to `--min-photos`; None for what is not a setting."""
    section, dot, last = field.rpartition(".")
    if section not in SECTIONS if dot else field not in PLAIN:
        return None
    return RENAMED.get(field, "--" + last.replace("_", "-"))


def in_options(sentence: str) -> str:
    """The sentence with an option in the place of each setting that it names in backquotes.

    Other words in backquotes stay as they are: commands, parts of an ONNX graph, names of files.
    """
    return _QUOTED.sub(lambda quoted: option_of(quoted[1]) or quoted[0], sentence)
