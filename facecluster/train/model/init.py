"""First weights from somewhere else: a checkpoint of ours, a state dict file, the shipped model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from facecluster.errors import ModelError
from facecluster.train.model import checkpoint
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.model.torch_file import read_torch

HEADS = ("head", "fc", "classifier")  # the parts that belong to what was learnt, not to pictures
SIZED = "places.conv.weight"  # a kernel as large as the last map, which depends on the picture
COUNTER = "num_batches_tracked"  # of normalisations; old files lack it
NAMED = 3  # names in a sentence


def init_weights(network: EmbeddingNetwork, name: str, file: Path) -> list[str]:
    """Fill the backbone from a file, in place; gives sentences on what did not fit.

    name: the backbone's in BACKBONES. file: a checkpoint of ours, or what torch.save made of a
    state dict, such as torchvision's published weights. A head of another size keeps its random
    weights. Colour kernels become grey ones by their sum, grey ones colour by a third each.
    Raises ModelError when the file cannot be read or is of another backbone: by its word, by the
    shape of a weight below the head, or because it has less than half of the names.
    """
    values = _read(file)
    if checkpoint.is_ours(values):
        known = checkpoint.load(file)
        if known.shape.backbone != name:
            raise ModelError(
                f"{file}: a checkpoint of {known.shape.backbone}, which cannot start {name}; "
                f"use `model.backbone` {known.shape.backbone}, or another file"
            )
        given = {
            key.removeprefix("backbone."): value
            for key, value in known.weights.items()
            if key.startswith("backbone.")
        }
    else:
        given = _state_dict(file, values)
    return take(network, given, f"{file}", name)


def take_shipped(network: EmbeddingNetwork) -> list[str]:
    """Fill a `dlib-resnet` from the embedder that comes with facecluster; needs onnx."""
    from facecluster.train.backbones.dlib_weights import shipped_weights

    return take(network, shipped_weights(), "the shipped model", "dlib-resnet")


def take(
    network: EmbeddingNetwork, given: Mapping[str, Tensor], source: str, name: str
) -> list[str]:
    """Copy every tensor whose name and shape fit; gives sentences on the others."""
    own = network.backbone.state_dict()
    fitting: dict[str, Tensor] = {}
    sentences: list[str] = []
    stem = next(key for key, value in own.items() if value.dim() == 4)  # what looks at pixels
    for key, value in own.items():
        found = given.get(key)
        if found is None:
            continue
        if key == stem:
            found = _other_channels(found, value, sentences)
        if found.shape == value.shape:
            fitting[key] = found
        elif key != SIZED and not _is_head(key):
            raise ModelError(
                f"{source}: {key} is {list(found.shape)}, but {list(value.shape)} in {name}; "
                f"name a file of {name}"
            )
    wanted = [key for key in own if not key.endswith(COUNTER)]
    body = [key for key in wanted if not _is_head(key)]
    fits = sum(key in fitting for key in body)
    if 2 * fits < len(body):
        raise ModelError(
            f"{source}: has {fits} of the {len(body)} weights of {name}; name a file of {name}"
        )
    network.backbone.load_state_dict(own | fitting)
    fresh = [key for key in wanted if key not in fitting]
    unused = [key for key in given if key not in own]
    if fresh:
        sentences.append(f"{source}: has nothing for {_listed(fresh)}; random values there")
    if unused:
        sentences.append(f"{source}: has {_listed(unused)}, which {name} lacks")
    return sentences


def _is_head(key: str) -> bool:
    return key.split(".", maxsplit=1)[0] in HEADS


def _read(file: Path) -> dict[str, Any]:
    values = read_torch(file, "neither a checkpoint nor a state dict that torch.save wrote")
    if not isinstance(values, dict):
        raise ModelError(f"{file}: holds no state dict; save model.state_dict(), not the model")
    return values


def _state_dict(file: Path, values: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors by name, out of a training file's `state_dict` and without `module.`, which
    data-parallel training puts before names."""
    inner = values.get("state_dict", values)
    named = inner.items() if isinstance(inner, dict) else ()
    tensors = {k: v for k, v in named if isinstance(v, Tensor)}
    if not tensors:
        raise ModelError(f"{file}: holds no weights")
    return {str(key).removeprefix("module."): value for key, value in tensors.items()}


def _other_channels(found: Tensor, wanted: Tensor, sentences: list[str]) -> Tensor:
    """A first convolution for grey pictures out of one for colour, or the other way."""
    if found.dim() != 4 or found.shape[0] != wanted.shape[0]:
        return found
    if found.shape[1] == 3 and wanted.shape[1] == 1:
        sentences.append("the first kernel was made for colour: its sum looks at grey")
        return found.sum(dim=1, keepdim=True)
    if found.shape[1] == 1 and wanted.shape[1] == 3:
        sentences.append("the first kernel was made for grey: a third of it looks at each colour")
        return found.expand(-1, 3, -1, -1) / 3
    return found


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return ", ".join(keys[:NAMED]) + more
