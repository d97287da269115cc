"""What the words after `facecluster people` are: options, the folder, a command and its words."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

VALUED: Final = frozenset({"-o", "--out"})  # options of all commands that take the next word
FLAGS: Final = frozenset({"--debug", "-h", "--help"})


@dataclass(slots=True)
class _Words:
    """The words that are still to be sorted. own: options of all commands. loose: others that
    stand before the command."""

    left: list[str]
    own: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def take_options(self) -> None:
        """All options until the next word that is none."""
        while self.left and self.left[0].startswith("-") and self.left[0] not in ("-", "--"):
            word = self.left.pop(0)
            if word in VALUED:
                self.own += [word, *self.left[:1]]
                self.left = self.left[1:]
            elif word in FLAGS or word.startswith("--out="):
                self.own.append(word)
            else:
                self.loose.append(word)


def arranged(words: Sequence[str], commands: Collection[str], default: str) -> list[str]:
    """The words as `[OPTIONS] -- PHOTOS COMMAND [WORDS]`.

    PHOTOS that was left out is `.`, the command that was left out is `default`; an empty `default`
    adds none, as for completion.
    """
    sorting = _Words(list(words))
    sorting.take_options()
    folder = "."
    if sorting.left and sorting.left[0] == "--":
        folder, sorting.left = (sorting.left[1:] or ["."])[0], sorting.left[2:]
    elif sorting.left and _is_folder(sorting.left, commands):
        folder = sorting.left.pop(0)
    sorting.take_options()
    command, rest = sorting.left[:1] or ([default] if default else []), sorting.left[1:]
    return [*sorting.own, "--", folder, *command, *sorting.loose, *rest]


def _is_folder(words: Sequence[str], commands: Collection[str]) -> bool:
    """Whether the first word is meant as the folder, and not as a command, known or mistyped."""
    word, following = words[0], next((w for w in words[1:] if not w.startswith("-")), None)
    there = os.path.isdir(os.path.expanduser(word))
    if word in commands:
        return there and following in commands
    looks = there or os.sep in word or (os.altsep or os.sep) in word or word.startswith("~")
    return looks or following in commands or os.path.isdir(f"{word}-people")
