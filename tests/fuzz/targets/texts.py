"""Settings, lists of pairs, manifests and reports."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from facecluster.cli.common.settings import settings_from
from facecluster.cli.group import group_command
from facecluster.evaluate.verification.pair_lists import Pairs, read_pairs, write_pairs
from facecluster.output.folders.manifest import MANIFEST, load
from facecluster.report.document import read_report
from tests.fuzz.seeds import a_manifest, a_report, bytes_of
from tests.fuzz.target import Target

TOML = """include = ["*.jpg", "**/*.png"]
exclude = ["raw/**"]
method = "kmeans"
distance = 0.25
people = 12
min-photos = 3
allow-twice = true
seed = 7
out = "people"
"""


def read_settings(path: Path) -> None:
    context = group_command.make_context("group", [str(path.parent)])
    try:
        with context:
            settings_from(context, path, path.parent)
    except click.ClickException:  # how click says that a value is wrong
        return


def settings() -> list[bytes]:
    return [TOML.encode(form) for form in ("utf-8", "utf-8-sig", "utf-16")]


def pair_lists() -> list[bytes]:
    first, second = ("A/A_0001.jpg", "B/B_0002.jpg"), ("A/A_0002.jpg", "C/odd name.png")
    pairs = Pairs(first, second, np.array([True, False]), np.array([0, 0]))
    return [
        bytes_of(lambda path: write_pairs(path, pairs)),
        b"2\t1\nA\t1\t2\nA\t1\tB\t3\nA\t3\t4\nB\t1\tC\t1\n",
        b"1 1 2\nA 1 2\nA 1 B 1\nA 2 B 2\n",
    ]


def read_manifest(path: Path) -> None:
    out = path.parents[1]
    load(out).owned(out, out)


_TOML = b"out model [a] [[a]] ''' \"\"\" \\u0000 1979-05-27 inf nan {a=1} = =[1,2] 0x" + b"f" * 600
_PAIRS = b"\t \n .. / \0 999999999999999999 -1 0 1e9 \xff \r \xef\xbb\xbf"
_JSON = (
    b'null true {} [] 1e999 -1 "\\ud800" NaN "../../x" {"a":{"a":{"a": 9223372036854775808 "" '
    b'"\\u0000" "/etc" 2.5 "version":9 ' + b"[" * 3000 + b" " + b"1" * 5000
)
TARGETS = [
    Target("settings", 200, settings, read_settings, "facecluster.toml", _TOML.split(b" ")),
    Target("pairs", 200, pair_lists, read_pairs, "pairs.txt", _PAIRS.split(b" ")),
    Target("manifest", 150, a_manifest, read_manifest, MANIFEST, _JSON.split(b" ")),
    Target("report", 100, a_report, read_report, "report.json", _JSON.split(b" ")),
]
