"""The whole job: photos become faces, faces become people, people become folders and a report."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from facecluster import __version__
from facecluster.base.ahead import load_ahead
from facecluster.base.clock import Clock
from facecluster.base.paths import check_path
from facecluster.base.progress import Progress, no_progress
from facecluster.base.versions import versions
from facecluster.cluster.warm import warm_up
from facecluster.config import ReadConfig, Settings, as_json, output_folder
from facecluster.guard.guard import guarded
from facecluster.guard.share import share_out
from facecluster.guard.unread import Unread
from facecluster.library.earlier import find_photos, with_disks_away
from facecluster.library.index import FILE, Index, LostFacesError
from facecluster.library.readings import Reading
from facecluster.library.reread import photos_to_reread
from facecluster.library.run_lock import run_lock
from facecluster.library.storage.runs import RunRow
from facecluster.library.storage.stamps import linked
from facecluster.output.private import clear_temp, open_private, protect_files
from facecluster.output.thumbnails import (
    drop_thumbnails,
    find_thumbnails,
    keep_thumbnails,
    photos_without,
)
from facecluster.output.write import check_out, write_all
from facecluster.photos.scan import ScanResult
from facecluster.reading import Keep, Reader, read_photos, restore_thumbnails
from facecluster.records import FaceTable, Grouping, PhotoRow
from facecluster.report.build import RunInfo, build_report
from facecluster.report.records import Failure, Report
from facecluster.who.added import with_drawn
from facecluster.who.find import Who, who_is_who
from facecluster.who.keep import keep_people, kept_of
from facecluster.who.start import sources_of
from facecluster.who.written import check_writer, names_written

PACKAGES = ("numpy", "onnxruntime", "opencv-python", "scikit-learn", "hdbscan", "pillow")

OpenReader = Callable[[ReadConfig], Reader]


@dataclass(frozen=True, slots=True)
class Commits:
    """How often readings are stored for good.

    every_seconds: at most between two commits, which is what a killed run may lose. most:
    readings held in memory between them.
    """

    every_seconds: float = 2.0
    most: int = 256


@dataclass(frozen=True, slots=True)
class Job:
    """What one call of `group` was asked for, with where results go."""

    root: Path
    out: Path
    settings: Settings
    progress: Progress
    commits: Commits
    found: ScanResult
    reread: Sequence[str]


def group(
    root: Path,
    settings: Settings,
    progress: Progress = no_progress,
    *,
    open_reader: OpenReader = Reader,
    commits: Commits = Commits(),
) -> Report:
    """Group the photos under `root`; gives the report (facecluster/report/records.py).

    `progress` hears stage, done and total. open_reader: opens the models, or hands out open ones.
    With `settings.dry_run` nothing is written. Raises a FaceclusterError for what a user can mend.
    Interrupted by KeyboardInterrupt or killed, the next run goes on where this one was.
    """
    clock, started = Clock(), datetime.now(UTC).isoformat(timespec="seconds")
    root = Path(os.path.abspath(root))  # the report is read elsewhere; links stay as they are
    with clock.stage("scan"):
        out = output_folder(root, settings)
        job = _scanned(root, out, settings, progress, commits)
    if not settings.dry_run:  # what writing will want, while the models are being opened
        load_ahead("facecluster.output.page.render")
    with clock.stage("open models"):
        reader = open_reader(settings.read)
    with _opened(job, reader) as index:
        sources = sources_of(index, reader, root, out, settings)
        with clock.stage("read"):
            left, photos, faces = _loaded(job, index, reader)
            faces = with_drawn(root, photos, faces, tuple(sources.people.added), reader)
            _restore_thumbnails(job, photos, faces)
        with clock.stage("cluster"):
            progress("cluster", 0, len(faces))
            who = who_is_who(index, photos, faces, settings, reader.embedder.spec, sources)
        run = _run_info(job, reader, started, clock, (*left.notes, *sources.notes))
        results = photos, faces, who.grouping
        if settings.dry_run:
            thumbnails = find_thumbnails(out)
            return build_report(root, *results, run, settings.output, thumbnails, who.identities)
        with clock.stage("write"):
            keep_people(out, sources, who)
            report = _written(job, results, run, who)
        _remember(index, job, results, who, _run_row(report, clock))
    return report


Results = tuple[list[PhotoRow], FaceTable, Grouping]


def _remember(index: Index, job: Job, results: Results, who: Who, run: RunRow) -> None:
    """What the next run is to know."""
    if job.settings.output.link == "hardlink":
        index.restamp(linked(job.root, job.found.files))
    photos, faces, _ = results
    unused = index.save_run(*results, run, who.identities.ids, kept_of(photos, faces, who))
    drop_thumbnails(job.out, unused)


def _scanned(
    root: Path, out: Path, settings: Settings, progress: Progress, commits: Commits
) -> Job:
    """What there is to do, and that it may be done. Raises what stands in the way."""
    check_path(out, "output.folder")
    check_path(settings.output.index, "output.index")
    check_writer(settings.names.write)
    found = find_photos(root, out, settings.scan, index_file(out, settings))
    reread = photos_to_reread(root, found.files, settings.scan.reread)
    album = check_out(out, root, settings.output.take_over)
    if album is not None:
        found = with_disks_away(found, root, album.disks, settings.scan)
    return Job(root, out, settings, progress, commits, found, reread)


def index_file(out: Path, settings: Settings) -> Path:
    """The index in the output folder, or in the folder `output.index`."""
    folder = settings.output.index
    return out / FILE if folder is None else folder / FILE.name


@contextmanager
def _opened(job: Job, reader: Reader) -> Iterator[Index]:
    """The index, and the output folder as its owner's alone. Raises LibraryError, OutputError."""
    if keep := not job.settings.dry_run:
        open_private(job.out)
    file = index_file(job.out, job.settings)
    home = None if job.settings.output.index is None else job.out
    with (
        run_lock(job.out, file) if keep else nullcontext(),
        Index(file, reader.id, keep, home, earlier=reader.earlier) as index,
    ):
        if keep:  # nobody else is at work here now
            protect_files(job.out)
            clear_temp(job.out)
        _forget_excluded(job, index)
        yield index


def _read(job: Job, index: Index, reader: Reader) -> Unread:
    """Bring the index up to date with the folder."""
    index.forget(job.reread)
    unread = index.unread(job.found.files)
    if unread:
        warm_up()
    index.forget_missing(job.found.files)
    known = index.digests()
    keep: Keep = _no_thumbnails if job.settings.dry_run else partial(keep_thumbnails, job.out)
    share = share_out(job.settings.memory, job.settings.threads or reader.threads)
    left = Unread()
    with guarded(None if job.settings.dry_run else job.out, share, job.reread) as guard:
        readings = read_photos(reader, job.root, unread, known, keep, guard=guard)
        for batch in _batches(readings, len(unread), job):
            new = left.sorted_out(batch, index)
            index.add(new)
            known.update(r.key for r in new if r.faces is not None)
    return left


def _forget_excluded(job: Job, index: Index) -> None:
    """Leave no face of photos that are excluded now, not even where only we look."""
    digests = index.excluded(job.settings.scan.exclude)
    if not job.settings.dry_run:
        drop_thumbnails(job.out, digests)  # first: what the index forgot, nobody would look for
    index.forget_excluded(job.settings.scan.exclude)


def _loaded(job: Job, index: Index, reader: Reader) -> tuple[Unread, list[PhotoRow], FaceTable]:
    """What could not be read, and what the index holds of the folder."""
    left = _read(job, index, reader)
    try:
        return left, *index.load(job.found.files, left.problems)
    except LostFacesError:  # the index was damaged: their photos are unread by now
        left = _read(job, index, reader)
        return left, *index.load(job.found.files, left.problems)


def _restore_thumbnails(job: Job, photos: Sequence[PhotoRow], faces: FaceTable) -> None:
    """Have the thumbnail of each face on the disk."""
    if not job.settings.dry_run:
        lost = photos_without(job.out, photos, faces)
        restore_thumbnails(job.root, photos, faces, lost, partial(keep_thumbnails, job.out))


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """A dry run leaves nothing behind."""


def _batches(readings: Iterable[Reading], total: int, job: Job) -> Iterator[list[Reading]]:
    """Readings in bundles that are worth a commit; what is there is handed on at an interrupt."""
    batch: list[Reading] = []
    last, done = time.monotonic(), 0
    job.progress("read", 0, total)
    try:
        for reading in readings:
            batch.append(reading)
            done += 1
            job.progress("read", done, total)
            late = time.monotonic() - last >= job.commits.every_seconds
            if late or len(batch) >= job.commits.most:
                full, batch = batch, []
                yield full
                last = time.monotonic()
    finally:
        if batch:
            yield batch


def _written(job: Job, results: Results, run: RunInfo, who: Who) -> Report:
    """Folders, page and lists; then the names, for other programs."""
    told = partial(job.progress, "write")
    output = job.settings.output
    report = write_all(job.out, job.root, *results, run, output, who.identities, told)
    return names_written(job.root, job.out, report, job.settings.names.write)


def _run_info(
    job: Job, reader: Reader, started: str, clock: Clock, notes: tuple[str, ...]
) -> RunInfo:
    return RunInfo(
        settings=as_json(job.settings),
        versions={"facecluster": __version__, "python": platform.python_version()}
        | versions(PACKAGES),
        model=reader.embedder.spec.name,
        model_id=reader.embedder.model_id,
        started=started,
        seconds=clock.seconds,
        notes=notes,
        unlisted=tuple(Failure(f"{p.path}/", p.reason) for p in job.found.problems),
        left_out=job.found.left_out,
    )


def _run_row(report: Report, clock: Clock) -> RunRow:
    return RunRow(
        started=report.run.started,
        version=__version__,
        settings=report.run.settings,
        counts=report.summary,
        seconds=sum(clock.seconds.values()),
    )
