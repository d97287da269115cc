"""Distances, their means, what all losses have in common, and the table of losses."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facecluster.errors import SettingsError
from facecluster.train.config import LOSSES, MININGS
from facecluster.train.distances import distances, pair_means
from facecluster.train.losses.build import build_loss
from facecluster.train.losses.defaults import DEFAULTS


def build(name: str, **changes: object) -> torch.nn.Module:
    settings = {"mining": "semi-hard", "margin": None, "scale": None} | changes
    generator = torch.Generator().manual_seed(0)
    return build_loss(name, embedding_dim=6, classes=10, generator=generator, **settings)


def test_distances_are_half_the_squared_euclidean_ones(batch, labels: Tensor) -> None:
    unit = F.normalize(batch(labels, 0))
    wanted = ((unit[:, None].double() - unit[None].double()) ** 2).sum(-1) / 2
    torch.testing.assert_close(distances(unit), wanted.float(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", LOSSES)
def test_autocast_changes_nothing(batch, name: str) -> None:
    labels = torch.arange(5).repeat_interleave(3)
    unit = F.normalize(batch(labels, 0))
    loss = build(name)
    plain = loss(unit, labels)
    with torch.autocast("cpu", torch.bfloat16):
        within = loss(unit, labels)
        assert distances(unit.bfloat16()).dtype == torch.float32
    assert torch.equal(plain.loss, within.loss)
    assert within.loss.dtype == torch.float32


@pytest.mark.parametrize("mining", MININGS)
@pytest.mark.parametrize("name", LOSSES)
def test_steps_against_the_gradient_bring_classes_together(name: str, mining: str) -> None:
    labels = torch.arange(5).repeat_interleave(3)
    leaf = torch.randn(15, 6, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss = build(name, mining=mining)
    optimizer = torch.optim.Adam([leaf, *loss.parameters()], lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        loss(F.normalize(leaf), labels).loss.backward()
        optimizer.step()
    same, different = pair_means(distances(F.normalize(leaf.detach())), labels)
    assert same < 0.25 * different


@pytest.mark.parametrize("name", LOSSES)
def test_a_number_that_is_none_reaches_the_loss(batch, name: str) -> None:
    labels = torch.arange(5).repeat_interleave(3)
    unit = F.normalize(batch(labels, 0))
    unit[4] = math.nan
    assert build(name)(unit, labels).loss.isnan()


def test_means_by_hand() -> None:
    apart = torch.tensor([[0.0, 1, 4], [1, 0, 2], [4, 2, 0]])
    assert pair_means(apart, torch.tensor([0, 0, 1])) == (1, 3)
    same, different = pair_means(apart, torch.tensor([0, 1, 2]))
    assert math.isnan(same)
    assert different == pytest.approx(7 / 3)
    same, different = pair_means(apart, torch.tensor([0, 0, 0]))
    assert same == pytest.approx(7 / 3)
    assert math.isnan(different)


def test_the_table_has_what_can_be_configured() -> None:
    assert tuple(DEFAULTS) == LOSSES


@pytest.mark.parametrize(
    ("name", "margin"), [("arcface", 2.0), ("circle", 1.0), ("contrastive", 2.0), ("triplet", 4.0)]
)
def test_impossible_margins_are_named(name: str, margin: float) -> None:
    with pytest.raises(SettingsError, match=f"`loss.margin` {margin}: {name} takes"):
        build(name, margin=margin)


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"loss 'magnet': known are triplet, .*arcface"):
        build("magnet")


def test_the_table_loads_no_torch() -> None:
    code = (
        "import sys; from facecluster.train.losses.defaults import DEFAULTS; "
        "print(len(DEFAULTS), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "5 False"
