"""Crowding networks to test with, random ones of any size, and models that carry one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.spec import Crowding, ModelSpec

CROWDING = Crowding(0.75, 0.1, 50, "faces of a test")


def random_network(
    dimension: int, seed: int = 0, hidden: tuple[int, ...] = (16, 8), crowding: Crowding = CROWDING
) -> CrowdingNetwork:
    """Its log r lies around log(0.1), and some of it beyond the bounds."""
    random = np.random.default_rng(seed)
    sizes = (dimension, *hidden, 1)
    layers = [
        (
            random.normal(0, 1.5 / np.sqrt(sizes[i]), sizes[i : i + 2]).astype(np.float32),
            random.normal(0, 0.3, sizes[i + 1]).astype(np.float32),
        )
        for i in range(len(sizes) - 1)
    ]
    layers[-1][1][:] += np.float32(np.log(0.1))
    return CrowdingNetwork(tuple(layers), np.log(0.1) - 0.4, np.log(0.1) + 0.4, crowding)


def crowded(source: Path, target: Path, network: CrowdingNetwork) -> Path:
    """Write the embedder `source` with the network to `target`."""
    import onnx

    from facecluster.embed.crowding_graph import put_crowding
    from facecluster.embed.onnx_graph import content_of, set_spec

    made = onnx.load(source)
    put_crowding(made, network)
    spec = ModelSpec.from_metadata({p.key: p.value for p in made.metadata_props})
    set_spec(made, replace(spec, crowding=network.crowding), keep=True)
    onnx.checker.check_model(made, full_check=True)
    target.write_bytes(content_of(made))
    return target
