"""How much memory there is: the machine's, a container's, a shell's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster.base.memory import (
    address_limit,
    addresses_used,
    group_limit,
    is_lack,
    memory_size,
    too_few,
)

V2, V1 = "0::/user/run.scope\n", "12:cpuset:/\n7:cpu,memory:/docker/ab\n1:name=systemd:/docker/ab\n"


@pytest.mark.parametrize(
    ("groups", "files", "limit"),
    [
        (V2, {"user/run.scope/memory.max": "500"}, 500),
        (V2, {"user/run.scope/memory.max": "max", "user/memory.max": "700\n"}, 700),
        (V2, {"user/run.scope/memory.max": "900", "user/memory.max": "700"}, 700),
        (V2, {"memory.max": "800"}, 800),  # a container that sees its own group as the root
        (V2, {"memory.max": "max"}, None),
        (V2, {}, None),
        (V2, {"memory.max": "a lot"}, None),
        (V1, {"memory/docker/ab/memory.limit_in_bytes": "600"}, 600),
        (V1, {"memory/memory.limit_in_bytes": "300"}, 300),
        (V1, {"memory/docker/ab/memory.limit_in_bytes": "9223372036854771712"}, None),
        (V1, {"docker/ab/memory.max": "5"}, None),  # that would be the other version's
        ("0::/../../elsewhere\n", {"memory.max": "800"}, 800),
        ("nonsense\n\n:::\n", {}, None),
    ],
)
def test_the_limit_of_a_control_group(
    groups: str, files: dict[str, str], limit: int | None, tmp_path: Path
) -> None:
    (tmp_path / "cgroup").write_text(groups)
    mounted = tmp_path / "mounted"
    for name, text in files.items():
        (mounted / name).parent.mkdir(parents=True, exist_ok=True)
        (mounted / name).write_text(text)
    assert group_limit(tmp_path / "cgroup", mounted) == limit


def test_no_control_groups_are_no_limit(tmp_path: Path) -> None:
    assert group_limit(tmp_path / "none", tmp_path) is None


def test_there_is_memory_and_some_of_it_is_ours() -> None:
    size = memory_size()
    assert size is None or size > 100 << 20
    if sys.platform == "linux":
        assert 10 << 20 < addresses_used() < 1 << 50


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep it")
def test_the_limit_of_the_shell() -> None:
    code = "from facecluster.base.memory import address_limit; print(address_limit())"
    command = f"ulimit -v 1000000; exec '{sys.executable}' -c '{code}'"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == f"{1_000_000 * 1024}\n"
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        assert address_limit() is None


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        RuntimeError("can't start new thread"),
        Exception("Non-zero status code returned while running Conv node: std::bad_alloc"),
        ImportError("libgfortran.so.5: failed to map segment from shared object"),
        ValueError("OpenCV(4.9) error: (-4:Insufficient memory) Failed to allocate 99 bytes"),
    ],
)
def test_lack_of_memory_has_many_names(error: Exception) -> None:
    assert is_lack(error)


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOENT, "gone"), RuntimeError("a fault"), ImportError("libGL.so.1: not found")],
)
def test_other_errors_are_no_lack(error: Exception) -> None:
    assert not is_lack(error)


def test_too_few_addresses_are_said_with_what_helps() -> None:
    assert str(too_few(400 * 1024 * 1000, 590_000_000)) == (
        "facecluster needs about 590 MB of address space and may have 409 MB; "
        "raise the limit, as with `ulimit -v 576172`"
    )
