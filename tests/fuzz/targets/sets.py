"""Sets to train on, and the checkpoints that come of it."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import numpy as np

from facecluster.train.data.formats.cifar import read_cifar
from facecluster.train.data.formats.idx import read_idx
from tests.fuzz.target import Target
from tests.support.evil_pickles import archive
from tests.support.made_sets import cifar_batch, idx_bytes


def images() -> list[bytes]:
    plain = idx_bytes(np.arange(120, dtype=np.uint8).reshape(6, 5, 4))
    return [plain, plain, gzip.compress(plain, mtime=0)]


def packed_again(data: bytes, dice: random.Random) -> bytes:
    """Now and then packed after the damage, so that it is the values that are damaged."""
    return gzip.compress(data, 1) if data[:2] == b"\0\0" and dice.random() < 0.5 else data


def read_images(path: Path) -> None:
    labels = path.with_name("t10k-labels-idx1-ubyte")
    labels.write_bytes(idx_bytes(np.arange(6, dtype=np.uint8)))
    read_idx(path)


def batches() -> list[bytes]:
    pixels = np.zeros((2, 32, 32, 3), np.uint8)
    python_2 = (
        b"\x80\x02}(U\x06labels](K\x07eU\x04datacnumpy.core.multiarray\n_reconstruct\n"
        b"cnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01J\1\0\0\0J\0\x0c\0\0\x86cnumpy\ndtype\n"
        b"U\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<I", 3072) + bytes(3072) + b"tbu."
    )  # fmt: skip
    return [cifar_batch(pixels, [1, 2]), python_2]


def weights() -> list[bytes]:
    """The pickle of a state dict; `archived` makes a file of it."""
    import io
    import zipfile

    import torch

    file = io.BytesIO()
    torch.save({"w": torch.zeros(2), "state_dict": {"v": torch.ones(1)}, "n": [1.5, None]}, file)
    return [zipfile.ZipFile(file).read("archive/data.pkl")]


def archived(data: bytes, _: random.Random) -> bytes:
    return archive(data, {"data/0": bytes(8), "data/1": bytes(4), "byteorder": b"little"})


def checkpoints() -> list[bytes]:
    import torch

    from facecluster.train.model.checkpoint import save
    from tests.fuzz.seeds import bytes_of
    from tests.support.small_networks import small_checkpoint

    made = small_checkpoint()
    plain = made.network().backbone.state_dict()
    old = {"_use_new_zipfile_serialization": False}
    return [
        bytes_of(lambda path: save(path, made)),
        bytes_of(lambda path: torch.save(plain, path)),
        bytes_of(lambda path: torch.save(plain, path, **old)),
    ]


def read_checkpoint(path: Path) -> None:
    """As what training goes on from, else as first weights."""
    from facecluster.errors import FaceclusterError
    from facecluster.train.backbones import build, normalisation
    from facecluster.train.model.checkpoint import load
    from facecluster.train.model.init import init_weights
    from facecluster.train.model.network import EmbeddingNetwork

    try:
        found = load(path)
        found.network()
        found.spec()
    except FaceclusterError:
        network = EmbeddingNetwork(build("tiny", 16, 16, 3), *normalisation("tiny", 3))
        init_weights(network, "tiny", path)


def read_weights(path: Path) -> None:
    from facecluster.train.model.torch_file import read_torch

    read_torch(path, "not weights")


_OPCODES = (
    b") ] } \x85 \x86 a e u s R b Q 2 0 1 ( N K\1 h\0 q\0 r\xff\xff\xff\xff X\xff\xff\xff\xff "
    b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f \x96\0\0\0\0\1\0\0\0 cos\nsystem\n \x8b\xff\xff\xff\x7f "
    b"h\0h\0\x86q\0h\0h\0\x86q\0h\0h\0\x86q\0 \x95\xff\xff\xff\xff\xff\xff\xff\x7f . \x80\4 \x94 "
    + b"\x85"
    * 5000
).split(b" ")
_ZIP = b"PK\3\4 PK\1\2 PK\5\6 PK\6\6 data.pkl data/0 version format weights resume".split(b" ")
TARGETS = [
    Target("idx", 100, images, read_images, "t10k-images-idx3-ubyte", mend=packed_again),
    Target("cifar", 150, batches, read_cifar, "data_batch_1", _OPCODES),
    Target("weights", 150, weights, read_weights, "a.pt", _OPCODES, archived),
    Target("checkpoint", 60, checkpoints, read_checkpoint, "a.pt", _ZIP),
]
