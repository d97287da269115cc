"""The whole job: photos become faces, faces become people, people become folders and a report."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from facecluster import __version__
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.cluster.warm import warm_up
from facecluster.config import ClusterConfig, Settings
from facecluster.embed.spec import ModelSpec
from facecluster.errors import SettingsError
from facecluster.faces.quality import FITTED_TO, quality
from facecluster.library.groupings import grouping_key
from facecluster.library.index import FILE, Index, Reading
from facecluster.output.report import RunInfo, build_report
from facecluster.output.thumbnails import keep_thumbnails, photos_without
from facecluster.output.write import check_out, find_thumbnails, write_all
from facecluster.photos.scan import ScanResult, scan
from facecluster.reading import Keep, Reader, read_photos, restore_thumbnails
from facecluster.records import FaceTable, Floats, Grouping, PhotoRow

# Raise it when the same faces begin to be grouped in another way.
GROUPING_VERSION = 1
COMMIT_EVERY = 2.0  # seconds; what a killed run may lose
COMMIT_MOST = 256  # readings held in memory between commits
PACKAGES = ("numpy", "onnxruntime", "opencv-python", "scikit-learn", "hdbscan", "pillow")

Progress = Callable[[str, int, int], None]


def no_progress(stage: str, done: int, total: int) -> None:
    """Say nothing."""


@dataclass(slots=True)
class Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - start


def output_folder(root: Path, settings: Settings) -> Path:
    """Where results go: `output.folder`, or beside the photos, their name with `-people`."""
    if settings.output.folder is not None:
        return settings.output.folder
    whole = root.resolve()
    if not whole.name:
        raise SettingsError(
            f"{root}: the root of a disk has no place beside it; give `output.folder`"
        )
    return whole.with_name(whole.name + "-people")


def group(root: Path, settings: Settings, progress: Progress = no_progress) -> dict[str, Any]:
    """Group the photos under `root`; gives the report (docs/formats.md).

    `progress` hears stage, done and total. With `settings.dry_run` nothing is written. Raises a
    FaceclusterError for what a user can mend. Interrupted by KeyboardInterrupt or killed, the next
    run goes on where this one was.
    """
    clock, started = Clock(), datetime.now(UTC).isoformat(timespec="seconds")
    root = Path(os.path.abspath(root))  # the report is read elsewhere; links stay as they are
    out = output_folder(root, settings)
    with clock.stage("scan"):
        found = scan(root, settings.scan, skip=out)
        check_out(out, root)
    with clock.stage("open models"):
        reader = Reader(settings.read)
    with Index(out / FILE, reader.id, keep=not settings.dry_run) as index:
        with clock.stage("read"):
            problems = _read(index, reader, root, out, found, settings, progress)
            photos, faces = _load(index, root, out, found, problems, settings)
        with clock.stage("cluster"):
            progress("cluster", 0, len(faces))
            people = _cluster(index, faces, settings, reader.embedder.spec)
        run = _run_info(settings, reader, started, clock)
        if settings.dry_run:
            thumbs = find_thumbnails(out)
            return build_report(root, photos, faces, people, run, settings.output, thumbs)
        with clock.stage("write"):
            report = write_all(
                out,
                root,
                photos,
                faces,
                people,
                run,
                settings.output,
                progress=partial(progress, "write"),
            )
        index.save_run(photos, faces, people, _run_row(report, started, clock))
    return report


def _read(
    index: Index,
    reader: Reader,
    root: Path,
    out: Path,
    found: ScanResult,
    settings: Settings,
    progress: Progress,
) -> dict[str, str]:
    """Bring the index up to date with the folder; gives path and reason of files without bytes."""
    unread = index.unread(found.files)
    if unread:
        warm_up()
    index.forget_missing(found.files)
    known = index.digests()
    keep: Keep = _no_thumbnails if settings.dry_run else partial(keep_thumbnails, out)
    readings = read_photos(reader, root, unread, known, keep, settings.threads)
    problems: dict[str, str] = {}
    for batch in _batches(readings, len(unread), progress):
        index.add(batch)
        known.update(r.digest for r in batch if r.faces is not None)
        problems.update((r.file.path, r.problem) for r in batch if not r.digest and r.problem)
    return problems


def _load(
    index: Index,
    root: Path,
    out: Path,
    found: ScanResult,
    problems: dict[str, str],
    settings: Settings,
) -> tuple[list[PhotoRow], FaceTable]:
    """What the index holds of the folder, each face with its thumbnail on the disk."""
    photos, faces = index.load(found.files, problems)
    if not settings.dry_run:
        lost = photos_without(out, photos, faces)
        restore_thumbnails(root, photos, faces, lost, partial(keep_thumbnails, out))
    # A folder that could not be listed may hide photos, so it counts as one that can't be read.
    photos += [PhotoRow(f"{p.path}/", "", 0, problem=p.reason) for p in found.problems]
    return photos, faces


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """A dry run leaves nothing behind."""


def _batches(
    readings: Iterable[Reading], total: int, progress: Progress
) -> Iterator[list[Reading]]:
    """Readings in bundles that are worth a commit; what is there is handed on at an interrupt."""
    batch: list[Reading] = []
    last, done = time.monotonic(), 0
    progress("read", 0, total)
    try:
        for reading in readings:
            batch.append(reading)
            done += 1
            progress("read", done, total)
            if len(batch) >= COMMIT_MOST or time.monotonic() - last >= COMMIT_EVERY:
                full, batch = batch, []
                yield full
                last = time.monotonic()
    finally:
        if batch:
            yield batch


def _cluster(
    index: Index, faces: FaceTable, settings: Settings, spec: ModelSpec, tuning: Tuning = DEFAULT
) -> Grouping:
    """Who is who: as it was kept when nothing has changed since, else found anew."""
    trust, config = _trust(faces, settings.cluster, spec)
    versions = (GROUPING_VERSION, __version__)
    key = grouping_key(faces, trust, made_from(config, spec, tuning, versions))
    people = index.grouping(key)
    if people is None:
        curve = FalseAcceptCurve(spec.far_table, spec.distance, tuning=tuning.curve)
        people = find_people(faces, trust, config, curve, tuning)
        index.keep_grouping(key, people)
    return people


def made_from(
    config: ClusterConfig, spec: ModelSpec, tuning: Tuning, versions: tuple[object, ...]
) -> str:
    """All that decides a grouping but the faces and their quality, as one text.

    versions: of how faces are grouped, and of the package.
    """
    return repr((asdict(config), spec.far_table, spec.distance, tuning, *versions))


def _trust(
    faces: FaceTable, config: ClusterConfig, spec: ModelSpec
) -> tuple[Floats, ClusterConfig]:
    """The quality of each face, float32 [N], and the settings as they suit the model."""
    if spec.align == "none":  # whole pictures: none of them is a face too small or too poor
        return np.ones(len(faces), np.float32), replace(config, min_face=1)
    consistency = faces.consistency if spec.name in FITTED_TO else None
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, consistency)
    return trust, config


def _run_info(settings: Settings, reader: Reader, started: str, clock: Clock) -> RunInfo:
    from importlib.metadata import version  # it loads the parsers of e-mail

    return RunInfo(
        settings=_plain(asdict(settings)),
        versions={"facecluster": __version__, "python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        model=reader.embedder.spec.name,
        model_id=reader.embedder.model_id,
        started=started,
        seconds=clock.seconds,
    )


def _run_row(report: dict[str, Any], started: str, clock: Clock) -> dict[str, Any]:
    return {
        "started": started,
        "version": __version__,
        "settings": report["run"]["settings"],
        "counts": report["summary"],
        "seconds": sum(clock.seconds.values()),
    }


def _plain(value: Any) -> Any:
    """Settings as JSON can say them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value
