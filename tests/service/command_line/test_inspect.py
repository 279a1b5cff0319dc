"""`oneshot inspect`: what is understood of a file, without a service."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from skeleton.animator import animate
from skeleton.animator.examples import as_json, as_npy
from skeleton.animator.files import as_openpose
from tests.service.command_line.terminal import oneshot
from tests.warm_process import ROOT

WAVE = ROOT / "examples" / "recognize" / "wave.json"


def test_it_tells_what_was_understood_and_draws_it() -> None:
    done = oneshot("inspect", WAVE)
    assert done.status == 0, done.err
    for words in ("json", "kinect_v2, 25 joints", "x,y,z", "fps"):
        assert words in done.out
    assert any("⠀" <= character <= "⣿" for character in done.out)


def test_a_wrong_axis_is_hinted_at(tmp_path: Path) -> None:
    clip = animate("wave")
    file = tmp_path / "z_up.npy"
    file.write_bytes(
        as_npy(type(clip)(clip.joints[..., [0, 2, 1]] * [1, -1, 1], clip.layout, 30.0))
    )
    done = oneshot("inspect", file, "--layout", "kinect_v2", "--fps", "30", "--json")
    (found,) = done.lines
    (hint,) = [warning for warning in found["warnings"] if warning.startswith("axes_hint")]
    assert "x,z,-y" in hint
    mended = oneshot("inspect", file, "--layout", "kinect_v2", "--axes", "x,z,-y", "--json")
    assert not any(w.startswith(("axes_hint", "upside")) for w in mended.lines[0]["warnings"])


@pytest.mark.parametrize("suffix", [".png", ".gif"])
def test_it_draws_to_a_file(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"wave{suffix}"
    done = oneshot("inspect", WAVE, "--out", out)
    assert done.status == 0, done.err
    with Image.open(out) as picture:
        assert picture.format == suffix[1:].upper()
        assert (getattr(picture, "n_frames", 1) > 5) == (suffix == ".gif")


def test_a_clip_the_model_refuses_has_status_1_and_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "flat.json"
    file.write_bytes(as_openpose(animate("wave", layout="openpose25")))
    done = oneshot("inspect", file)
    assert done.status == 1
    assert "two-dimensional" in done.out
    assert "None" not in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((WAVE, "--out", "drawing.jpg"), ".png or .gif"),
        ((WAVE, "--layout", "kinect_v2"), "name their joints themselves"),
        (("README.md",), "look like none of the formats"),
        ((ROOT / "examples/recognize/wave.npy", "--layout", "nobody"), "unknown layout"),
    ],
)
def test_what_cannot_be_inspected_ends_with_one_line(
    arguments: tuple[str | Path, ...], says: str
) -> None:
    done = oneshot("inspect", *arguments)
    assert done.status == 2
    assert says in done.err
    assert "Traceback" not in done.err


def test_nothing_is_drawn_for_json(tmp_path: Path) -> None:
    file = tmp_path / "wave.json"
    file.write_bytes(as_json(animate("wave")))
    assert len(oneshot("inspect", file, "--json").lines) == 1
