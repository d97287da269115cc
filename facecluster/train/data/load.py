"""A set of pictures, whatever it lies in, as arrays that are ready to train on."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

from facecluster.base.progress import Progress
from facecluster.errors import FaceclusterError, SettingsError
from facecluster.evaluate.verification.pair_lists import Pairs, read_pairs, resolve
from facecluster.records import PhotoFile
from facecluster.train.config import DataConfig
from facecluster.train.data.arrays import to_pictures
from facecluster.train.data.class_folders import Listing, class_of
from facecluster.train.data.cutters import cutter
from facecluster.train.data.kinds import kind_of
from facecluster.train.data.pack import pack
from facecluster.train.data.pair_rows import rows_of
from facecluster.train.data.survey import Survey, survey
from facecluster.train.records import Pictures, RowPairs


def load(
    config: DataConfig,
    size: int | None,
    channels: int | None,
    progress: Progress,
    cache: Path,
    threads: int = 0,
    seen: Survey | None = None,
) -> Pictures:
    """The pictures of `config.dataset` at `size` px with `channels` (1 or 3).

    None for either takes what the configuration says, else what the data suggests (`survey`).
    Folders are packed once into `cache`, in `threads` threads (0: one per core); `progress` hears
    of it as stage `pack`. seen: a survey made before, so that it is not made again.
    Raises SettingsError, FaceclusterError or OutputError in one sentence.
    """
    seen = seen or survey(config)
    size, channels = size or seen.suggested_size, channels or seen.channels
    if not isinstance(seen.content, Listing):
        return to_pictures(seen.content, size, channels)
    cut = cutter(seen.aligned, size, channels)
    packed = pack(seen.content, cut, size, channels, cache, progress, threads)
    pictures = replace(packed, aligned=seen.aligned, flips=seen.flips, source=seen.source)
    if len(pictures.classes) < 2:
        reasons = Counter(reason for _, reason in pictures.skipped).most_common(1)
        raise SettingsError(
            f"{config.dataset}: fewer than 2 classes have pictures that can be used"
            + (f"; most often: {reasons[0][0]}" if reasons else "")
            + ("; `data.align` none takes whole pictures" if seen.aligned else "")
        )
    return pictures


def load_pairs(
    config: DataConfig, like: Pictures, progress: Progress, cache: Path, threads: int = 0
) -> tuple[Pictures, RowPairs]:
    """The pictures that `config.pairs` names, and the pairs as rows of them.

    They come from `config.pairs_images`, else from the dataset itself, at the size, with the
    channels and the alignment of `like`, the pictures that are trained on. Here a picture without
    a face is not left out: its middle stands in for it, since no pair may be dropped.
    Raises FaceclusterError that names absent and unreadable pictures.
    """
    if config.pairs is None:
        raise ValueError("load_pairs: the configuration names no pairs")
    pairs = read_pairs(config.pairs)
    images = config.pairs_images
    if images is None:
        kind, images = kind_of(config.dataset)
        if kind != "folders":
            return like, rows_of(pairs, like)
    resolved = resolve(pairs, images)
    cut = cutter(like.aligned, like.size, like.channels, stand_in=True)
    listing = _listing(resolved, images)
    packed = pack(listing, cut, like.size, like.channels, cache, progress, threads, at_least=0)
    if packed.skipped:
        path, reason = packed.skipped[0]
        more = f" and {len(packed.skipped) - 1} more" if len(packed.skipped) > 1 else ""
        raise FaceclusterError(f"{images / path}{more}, named by {config.pairs}: {reason}")
    pictures = replace(packed, aligned=like.aligned, flips=like.flips, source=str(config.pairs))
    return pictures, rows_of(resolved, pictures)


def names_of_pairs(config: DataConfig, paired: Pictures) -> tuple[str, ...]:
    """What `split` must keep away from training: the pictures of the pairs, when they are pictures
    of the dataset itself. paired: what `load_pairs` gave."""
    images = config.pairs_images
    dataset = os.path.expanduser(config.dataset)
    if config.pairs is None:
        return ()
    if images is None or os.path.realpath(images) == os.path.realpath(dataset):
        return paired.names
    return ()


def _listing(pairs: Pairs, images: Path) -> Listing:
    """The files of the pairs as if they were a set."""
    names = sorted({*pairs.first, *pairs.second}, key=lambda name: (class_of(name), name))
    files = []
    for name in names:
        files.append(PhotoFile.of(name, (images / name).stat()))
    return Listing(images, tuple(files), tuple(sorted({class_of(name) for name in names})))
