"""Two gloo processes on this machine against one with the joint batch."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from facecluster.errors import SettingsError
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.folders import HISTORY, LAST
from tests.support import one_rank

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def together(*command: str, world: int = 2) -> list[str]:
    """Run the command once a rank; gives what each wrote to stderr."""
    port = str(free_port())
    shared = {"WORLD_SIZE": str(world), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    shared |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    children = [
        subprocess.Popen(
            [part.replace("RANK", str(rank)) for part in command],
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(world)
    ]
    said = [child.communicate(timeout=120)[1] for child in children]
    assert [child.returncode for child in children] == [0] * world, said
    return said


@pytest.mark.parametrize(
    ("loss", "mining", "keep"),
    [("triplet", "all", 0.0), ("triplet", "semi-hard", 0.5), ("arcface", "all", 0.0)],
)
def test_two_ranks_give_the_gradient_of_the_joint_batch(
    loss: str, mining: str, keep: float, tmp_path: Path
) -> None:
    script = str(ROOT / "tests" / "support" / "one_rank.py")
    together(sys.executable, script, str(tmp_path / "RANK.pt"), loss, mining, str(keep))
    expected = one_rank.gradients(loss, mining, keep)
    assert any(float(g.abs().max()) > 1e-4 for g in expected.values())
    for rank in range(2):
        found = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert found.keys() == expected.keys()
        for name, gradient in expected.items():
            torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-7)


def test_the_whole_command_runs_on_two_ranks(tmp_path: Path) -> None:
    options = f"--image-size 8 --epochs 1 -P 4 -K 4 -j 1 --precision float32 --runs {tmp_path}"
    command = f"-m facecluster train digits --backbone tiny --name two {options}"
    said = together(sys.executable, *command.split())
    assert "Epoch 1" in said[0]
    assert said[1] == ""
    assert (tmp_path / "two" / LAST).is_file()
    assert len((tmp_path / "two" / HISTORY).read_text().splitlines()) == 2
    assert {p.name for p in tmp_path.iterdir()} <= {"two", "latest", ".cache"}


def test_a_batch_that_cannot_be_divided_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = Ranks(torch.device("cpu"))
    assert ranks.share(7) == slice(0, 7)
    ranks.world = 2
    assert (ranks.share(8), ranks.first) == (slice(0, 4), True)
    with pytest.raises(SettingsError, match="divisible by 2"):
        ranks.share(7)
