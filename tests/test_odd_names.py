"""From Python as from the command line: a name that no file can have is one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from facecluster.config import OutputConfig, ReadConfig, Settings
from facecluster.errors import FaceclusterError, SettingsError
from facecluster.group import group

ODD = {"long": "x" * 300, "deep": "y/" * 3000, "nul": "a\0b", "lone": "a\ud800b"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    return folder


@pytest.mark.parametrize("name", ODD)
def test_group(photos: Path, tmp_path: Path, name: str) -> None:
    odd, fine = tmp_path / ODD[name], tmp_path / "out"
    with pytest.raises(SettingsError, match=r"`output\.folder`"):
        group(photos, Settings(output=OutputConfig(odd)))
    with pytest.raises(SettingsError, match=r"`output\.index`"):
        group(photos, Settings(output=OutputConfig(fine, index=odd)))
    with pytest.raises(FaceclusterError):
        group(photos, Settings(output=OutputConfig(fine), read=ReadConfig(model=odd)))
    with pytest.raises(FaceclusterError):
        group(odd, Settings(output=OutputConfig(fine)))


def test_a_folder_whose_results_would_have_too_long_a_name(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 250)
    folder.mkdir()
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    with pytest.raises(SettingsError, match=r"`output\.folder`: the name 'x+…' of 257 letters"):
        group(folder, Settings())
    assert group(folder, Settings(output=OutputConfig(tmp_path / ("y" * 250)))).photos


@pytest.mark.parametrize("field", ["runs", "name", "cache", "pairs", "pairs_images", "init"])
@pytest.mark.parametrize("name", ODD)
def test_train(tmp_path: Path, field: str, name: str) -> None:
    pytest.importorskip("torch")
    from facecluster.train.config import DataConfig, ModelConfig, Stage, TrainConfig
    from facecluster.train.loop import train

    odd = Path(ODD[name])
    config = TrainConfig(
        DataConfig("digits"), ModelConfig(backbone="tiny"), stages=(Stage("triplet", 1),),
        runs=tmp_path,
    )  # fmt: skip
    if field == "runs":
        config = replace(config, runs=tmp_path / odd)
    elif field == "name":
        config = replace(config, name=str(odd))
    elif field == "init":
        config = replace(config, model=replace(config.model, init=odd))
    else:
        config = replace(config, data=replace(config.data, **{field: odd}))
    with pytest.raises(SettingsError, match=rf"`[a-z.]*{field}`: "):
        train(config)
    assert list(tmp_path.iterdir()) == []
