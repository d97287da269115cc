"""The settings of each stage: frozen, validated, and the source of the cache keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from facecluster.errors import SettingsError

Method = Literal["auto", "agglomerative", "hdbscan", "kmeans"]
Detail = Literal["fast", "normal", "high"]
Turned = Literal["auto", "always", "never"]
Link = Literal["copy", "hardlink", "symlink", "none"]
WriteNames = Literal["no", "sidecar", "embed"]
Device = Literal["auto", "cpu", "cuda", "tensorrt", "coreml", "directml", "openvino", "rocm"]

SETTINGS_FILE = "facecluster.toml"  # in a photo folder: how its photos are grouped
METHODS: tuple[str, ...] = get_args(Method)
DETAILS: tuple[str, ...] = get_args(Detail)
TURNED: tuple[str, ...] = get_args(Turned)
LINKS: tuple[str, ...] = get_args(Link)
WRITE_NAMES: tuple[str, ...] = get_args(WriteNames)
DEVICES: tuple[str, ...] = get_args(Device)


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """Which files count as photos: globs are matched against the path inside the folder.

    empty_ok: a folder that had photos in an earlier run may have none, and its results go.
    reread: globs of photos that are read again, whatever the index holds of them. videos: count as
    photos, each person in them once.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    empty_ok: bool = False
    reread: tuple[str, ...] = ()
    videos: bool = False


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """How faces are read from a photo. Whatever is here decides what the index holds.

    detail: how small a face may be; `model`: an ONNX embedder, None for the shipped one. turned:
    whether faces that lie or stand on their head are looked for; auto: where no sure one was found.
    """

    detail: Detail = "normal"
    model: Path | None = None
    device: Device = "auto"
    turned: Turned = "auto"


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """How faces become people.

    distance: cosine distance at which two groups stop being one person; None takes the model's.
    people: the number of people, for k-means. min_photos: that many photos make a person.
    min_face: shorter side of a face box in photo px. allow_twice: one photo may show a person
    twice (collages, mirrors).
    """

    method: Method = "auto"
    distance: float | None = None
    people: int | None = None
    min_photos: int = 2
    min_face: int = 20
    allow_twice: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.distance is not None and not 0 < self.distance < 2:
            raise SettingsError("cluster.distance", "give a number between 0 and 2", self.distance)
        if self.people is not None and self.method != "kmeans":
            raise SettingsError(
                f"`cluster.people` needs `cluster.method` kmeans, not {self.method}"
            )
        if self.people is not None and self.people < 1:
            raise SettingsError("cluster.people", "give at least 1", self.people)
        if self.min_photos < 1:
            raise SettingsError("cluster.min_photos", "give at least 1", self.min_photos)
        if self.min_face < 1:
            raise SettingsError("cluster.min_face", "give at least 1", self.min_face)


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """Where results go. `folder` None: beside the photo folder, its name with `-people`.

    index: the folder that holds index.db; None for `.facecluster` in the output folder.
    take_over: a folder with results of another photo folder is taken, too. link_copies: every copy
    of a photo goes into the folders, not only the best.
    """

    folder: Path | None = None
    link: Link = "copy"
    unsure: bool = True
    index: Path | None = None
    take_over: bool = False
    link_copies: bool = False


@dataclass(frozen=True, slots=True)
class NamesConfig:
    """Names that come from elsewhere and go there.

    read: take the names and face regions that other programs wrote into photos and beside them.
    write: give them those of this library, in a file beside each photo or in the photo itself.
    known: a folder with one folder per person, or NAME_1.jpg, which names groups without a name.
    """

    read: bool = False
    write: WriteNames = "no"
    known: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that one `group` run needs to know. threads 0: one per core. memory: bytes that
    it may take, None for what suits the machine. regroup: form the groups anew, though nothing has
    changed since they were found."""

    scan: ScanConfig = field(default_factory=ScanConfig)
    read: ReadConfig = field(default_factory=ReadConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)
    output: OutputConfig = field(default_factory=OutputConfig)
    names: NamesConfig = field(default_factory=NamesConfig)
    threads: int = 0
    memory: int | None = None
    dry_run: bool = False
    regroup: bool = False


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


def as_json(settings: Settings) -> dict[str, object]:
    """Every setting, nested as it is, with values as JSON gives them back."""
    return {name: _plain(value) for name, value in asdict(settings).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value
