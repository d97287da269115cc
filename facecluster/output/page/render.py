"""report.html: one page that opens from disk, needs no network, and can be read without script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from facecluster import __version__
from facecluster.output.page.text import show
from facecluster.output.page.view import page_view
from facecluster.report.document import members
from facecluster.report.records import Report

STYLES = ("page.css", "people.css", "look.css")


def render_page(report: Report, out: Path) -> bytes:
    """The page for `report`, to be written to `out / "report.html"`, as UTF-8.

    Links to photos are relative to `out`, so the folder and the photos can move together.
    """
    loader = PackageLoader("facecluster.output")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # each template is rendered once, which is less work than optimising it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["show"] = show
    environment.filters["number"] = lambda value: f"{value:,}"
    css = "\n".join(_part(environment, loader, name) for name in STYLES)
    script = _part(environment, loader, "page.js")
    html = environment.get_template("report.html.j2").render(
        members(page_view(report, out)),
        css=Markup(css),  # our own files, so they need no escaping
        script=Markup(script),
        policy=_policy(css, script),
        generator=f"facecluster {__version__}",
    )
    return html.encode("utf-8", "replace")


def _part(environment: Environment, loader: BaseLoader, name: str) -> str:
    """A style sheet or script as the browser will see it, since its hash must match."""
    return loader.get_source(environment, name)[0].replace("\r\n", "\n")


def _policy(css: str, script: str) -> str:
    """A Content-Security-Policy: our style, our script, pictures from disk, nothing else."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file:; "
        f"style-src '{_hash(css)}'; script-src '{_hash(script)}'"
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
