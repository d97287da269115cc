"""Versions of installed packages."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from facecluster.base.versions import versions
from facecluster.group import PACKAGES


def test_they_are_what_the_packages_say() -> None:
    assert versions(PACKAGES) == {package: version(package) for package in PACKAGES}


def test_the_first_on_the_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, name in (("a", "Some_Package-1.0"), ("b", "some.package-2.0"), ("b", "other-3")):
        (tmp_path / folder / f"{name}.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / f) for f in ("none", "a", "b")] + sys.path)
    assert versions(("some-package", "other")) == {"some-package": "1.0", "other": "3"}


def test_a_package_of_another_form_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old_form.egg-info").mkdir()
    (tmp_path / "old_form.egg-info/PKG-INFO").write_text("Name: old-form\nVersion: 4.5\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert versions(["old-form"]) == {"old-form": "4.5"}
    with pytest.raises(PackageNotFoundError):
        versions(["not-installed-anywhere"])


def test_no_parser_of_email_is_loaded() -> None:
    program = (
        "import sys; from facecluster.base.versions import versions; "
        "versions(['numpy', 'pillow']); assert 'importlib.metadata' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
