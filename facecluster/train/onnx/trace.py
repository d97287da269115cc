"""From a PyTorch module to an ONNX graph, quietly, and with bytes that depend on nothing else."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import onnx
import torch
from torch import nn

from facecluster import __version__
from facecluster.embed.onnx_graph import content_of, set_spec, state_ports
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError
from facecluster.train.onnx.prelu import unfold_prelu

_LOGGERS = ("torch.onnx", "onnxscript", "onnx_ir")
# Said of operators that none of our networks has, wherever torchvision is not installed.
_BESIDE_THE_POINT = "torchvision is not installed"


def trace(
    module: nn.Module, size: int, dimension: int, opset: int
) -> tuple[onnx.ModelProto, tuple[str, ...]]:
    """The graph of an OnnxEmbedder: batch norms folded, any number of crops, no traces of where it
    was made. With it comes what PyTorch warned of, one sentence each.

    size: side of the crops in px. Raises FaceclusterError when the graph cannot be had in this
    opset.
    """
    # An odd number above 1: PyTorch takes 0 and 1 for constants that shapes may be folded to.
    crops = torch.zeros(3, size, size, 3, dtype=torch.uint8)
    batch = torch.export.Dim("N", min=1)
    with _hushed() as said, torch.no_grad():
        program = torch.export.export(
            module, (crops,), dynamic_shapes={"crops": {0: batch}}, strict=False
        )
        exported = torch.onnx.export(
            program,
            dynamo=True,
            opset_version=opset,
            input_names=["crops"],
            output_names=["embedding", "consistency"],
            optimize=True,
            verbose=False,
        )
    assert exported is not None
    made: onnx.ModelProto = exported.model_proto
    found = {entry.domain: entry.version for entry in made.opset_import}
    if found != {"": opset}:
        raise FaceclusterError(
            f"`opset` {opset}: this PyTorch cannot write it (it wrote {found}); leave it out"
        )
    unfold_prelu(made)
    _clean(made, size, dimension)
    return made, tuple(dict.fromkeys(said))


def describe(made: onnx.ModelProto, spec: ModelSpec) -> bytes:
    """Write the spec into the model's metadata, in place of any that it carries; the file's bytes.

    Raises onnx's ValidationError, a bug of ours, when the graph is not well formed.
    """
    set_spec(made, spec)
    onnx.checker.check_model(made, full_check=True)
    return content_of(made)


def _clean(made: onnx.ModelProto, size: int, dimension: int) -> None:
    """Drop what the exporter notes of our source files, and state what goes in and out."""
    made.producer_name, made.producer_version = "facecluster", __version__
    made.doc_string = ""
    graph = made.graph
    graph.name, graph.doc_string = "embedder", ""
    for part in (made, graph, *graph.node, *graph.initializer):
        part.ClearField("metadata_props")
    for part in (*graph.node, *graph.initializer):
        part.ClearField("doc_string")
    state_ports(graph, size, dimension)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _hushed() -> Iterator[list[str]]:
    """Hold back what PyTorch prints and logs; gives a list of what concerns the user, filled at the
    end.

    Warnings of coming changes (DeprecationWarning, FutureWarning) are for those who write code.
    """
    collector, said = _Collector(), list[str]()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(logger, logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [collector], False
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield said
    finally:
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
    developers = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
    told = [str(each.message) for each in caught if not issubclass(each.category, developers)]
    told += [line for line in collector.said if _BESIDE_THE_POINT not in line]
    said += [f"PyTorch says: {' '.join(line.split())}" for line in told]
