"""`oneshot convert`: a clip goes round through every format that is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skeleton import record
from skeleton.animator import animate
from skeleton.readers import read_path
from skeleton.writers import WRITERS, write_json
from tests.service.caller import JSON, Caller
from tests.service.command_line.terminal import oneshot
from tests.warm_process import ROOT

KICK = ROOT / "examples" / "enroll" / "kick.json"
UNNAMED = ROOT / "examples" / "recognize" / "kick.json"


@pytest.mark.parametrize("suffix", [s for s in WRITERS if s != ".npy"])
def test_a_clip_goes_round(tmp_path: Path, suffix: str) -> None:
    there, back = tmp_path / f"kick{suffix}", tmp_path / "back.json"
    assert oneshot("convert", KICK, there).status == 0
    assert oneshot("convert", there, back).status == 0
    first, last = read_path(KICK), read_path(back)
    common = [name for name in first.layout.joints if name in last.layout.index]
    assert len(common) >= 20
    for name in common:
        a = first.clip().joints[:, 0, first.layout.index[name]]
        b = last.clip().joints[:, 0, last.layout.index[name]]
        assert np.allclose(a, b, atol=2e-3), name


def test_json_keeps_the_action_and_is_enrolled_as_it_is(tmp_path: Path, visitor: Caller) -> None:
    out = tmp_path / "again.json"
    done = oneshot("convert", KICK, out, "--fps", "25")
    assert (done.status, done.err) == (0, "")
    response = visitor.post("/enroll", out.read_bytes(), JSON)
    assert (response.status_code, response.json()["action"]) == (201, "kick")
    assert oneshot("convert", UNNAMED, out, "--force").status == 0
    assert visitor.post("/recognize", out.read_bytes(), JSON).json()["action"] == "kick"


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    out = tmp_path / "kick.bvh"
    out.write_text("mine")
    done = oneshot("convert", KICK, out)
    assert done.status == 2
    assert "--force" in done.err
    assert out.read_text() == "mine"
    assert oneshot("convert", KICK, out, "--force").status == 0
    assert out.read_text().startswith("HIERARCHY")


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    done = oneshot("convert", KICK, tmp_path / "kick.fbx")
    assert done.status == 2
    assert all(suffix in done.err for suffix in WRITERS)
    assert not list(tmp_path.iterdir())


def test_what_the_other_format_cannot_say_is_told(tmp_path: Path) -> None:
    clip = animate("kick")
    two = np.concatenate((clip.joints, clip.joints + 1), axis=1)
    (tmp_path / "two.json").write_bytes(write_json(record(two, clip.layout, fps=30.0)))
    bvh = oneshot("convert", tmp_path / "two.json", tmp_path / "one.bvh")
    assert bvh.status == 0
    assert bvh.err.startswith("note: one of 2 persons")
    npy = oneshot("convert", KICK, tmp_path / "kick.npy")
    assert "--layout kinect_v2 --fps 30 --axes x,y,z" in npy.err
    assert oneshot("convert", UNNAMED, tmp_path / "kick.npz").err == ""
    named = oneshot("convert", KICK, tmp_path / "named.npz").err
    assert named == "note: the action 'kick' is left out: named.npz holds the clip alone\n"
    clip.joints[:, 0, 5] = np.nan
    (tmp_path / "gaps.json").write_bytes(write_json(record(clip.joints, clip.layout, fps=30.0)))
    gaps = oneshot("convert", tmp_path / "gaps.json", tmp_path / "gaps.bvh")
    assert "note: 4% of the joints were not seen" in gaps.err
    assert "not seen" not in oneshot("convert", KICK, tmp_path / "whole.bvh").err


def test_the_person_who_was_chosen_stays_so(tmp_path: Path) -> None:
    clip = animate("kick")
    two = np.concatenate((clip.joints * 0.5, clip.joints + 1), axis=1)
    (tmp_path / "two.json").write_bytes(write_json(record(two, clip.layout, fps=30.0)))
    told = oneshot("convert", tmp_path / "two.json", tmp_path / "one.npy", "--person", "0").err
    assert "--person 0" in told


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_person_who_is_not_there_is_refused_before_anything_is_written(
    tmp_path: Path, suffix: str
) -> None:
    done = oneshot("convert", KICK, tmp_path / f"kick{suffix}", "--person", "9")
    assert done.status == 2
    assert "person 9" in done.err
    assert not list(tmp_path.iterdir())


def test_what_is_told_is_of_the_person_who_is_written(tmp_path: Path) -> None:
    """Who is absent now and then, which trackers write as zeros, does not move by it."""
    kick = animate("kick", missing=0.1)
    absent = np.repeat(animate("kick").joints[:1] + 1, len(kick.joints), axis=0)
    absent[::2] = 0
    two = np.concatenate((kick.joints, absent), axis=1)
    (tmp_path / "two.json").write_bytes(write_json(record(two, kick.layout, fps=30.0)))
    told = oneshot("convert", tmp_path / "two.json", tmp_path / "one.bvh").err
    assert "note: 10% of the joints were not seen" in told
