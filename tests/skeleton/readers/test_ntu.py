"""NTU .skeleton: bodies are followed, furniture is left out, and what is wrong has a line."""

from __future__ import annotations

import time

import numpy as np
import pytest

from skeleton import UnreadableClip, UnusableClip
from skeleton.errors import NothingToSee
from skeleton.readers.format import Reading
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.sensor_files import (
    Frame,
    Joints,
    clip_of,
    good_files,
    moved,
    ntu,
    one_by_one,
    performed,
    read,
)

WAVE, KICK = performed("wave", speed=2), performed("kick", speed=2)
FRAMES = min(len(WAVE), len(KICK))
WAVE, KICK = WAVE[:FRAMES], moved(KICK[:FRAMES], 1.5)
#: A piece of furniture: a skeleton's joints spread over a shelf, with a sensor's noise.
SHELF = moved(WAVE[:1] * (1, 0.2, 1), 2)
SHELF = SHELF + 0.01 * np.random.default_rng(1).standard_normal(WAVE.shape)


def together(*bodies: tuple[str, Joints]) -> list[Frame]:
    return [[(name, joints[i]) for name, joints in bodies] for i in range(FRAMES)]


def reading(frames: list[Frame]) -> Reading:
    return read("skeleton", ntu(frames))


def codes(found: Reading) -> list[str]:
    return [remark.partition(":")[0] for remark in found.remarks]


def test_a_body_comes_out_as_it_was_written() -> None:
    clip = clip_of(ntu(one_by_one("72057594037944738", WAVE)))
    assert (clip.layout.name, clip.fps, clip.warnings) == ("kinect_v2", 30, ())
    np.testing.assert_array_equal(clip.joints[:, 0], WAVE.astype(np.float32))


def test_two_bodies_stay_apart_when_their_places_in_the_file_change() -> None:
    frames = together(("7", WAVE), ("8", KICK))
    frames = [frame if i % 2 else list(reversed(frame)) for i, frame in enumerate(frames)]
    found = reading(frames)
    assert found.joints.shape == (FRAMES, 2, 25, 3)
    order = (1, 0) if frames[0][0][0] == "8" else (0, 1)
    np.testing.assert_allclose(found.joints[:, order[0]], WAVE, atol=1e-6)
    np.testing.assert_allclose(found.joints[:, order[1]], KICK, atol=1e-6)
    assert found.remarks == ()


def test_a_joint_that_was_not_tracked_is_unseen_and_an_inferred_one_is_kept() -> None:
    found = read("skeleton", ntu(one_by_one("7", WAVE), {(0, 4): 0, (1, 4): 1}))
    assert np.isnan(found.joints[0, 0, 4]).all()
    np.testing.assert_allclose(found.joints[1, 0, 4], WAVE[1, 4], atol=1e-6)
    assert np.isnan(found.joints).sum() == 3


def test_a_joint_that_was_not_tracked_may_be_nan_and_a_tracked_one_have_no_place_in_the_image() -> (
    None
):
    lines = ntu(one_by_one("7", WAVE[:3]), {(0, 4): 0}).decode().splitlines()
    lines[8] = "nan nan nan" + " nan" * 8 + " 0"
    lines[9] = " ".join([*lines[9].split()[:3], *["nan"] * 8, "2"])
    found = read("skeleton", "\n".join(lines).encode())
    assert np.isnan(found.joints[0, 0, 4]).all()
    assert np.isnan(found.joints).sum() == 3


def test_frames_without_anybody_are_unseen_and_counted() -> None:
    frames: list[Frame] = one_by_one("7", WAVE)
    frames[3] = frames[4] = []
    found = reading(frames)
    assert np.isnan(found.joints[3:5]).all()
    assert np.isfinite(found.joints[[2, 5]]).all()
    assert found.remarks == (f"empty_frames: nobody is in 2 of the {FRAMES} frames",)


@pytest.mark.parametrize(
    ("ghost", "why"),
    [
        (SHELF, "wider than high"),
        (moved(WAVE[:1].repeat(FRAMES, 0), 2), "hardly moving"),
        (moved(WAVE * 0.1, 2), "of no human size"),
        (WAVE * 4, "of no human size"),
        (WAVE + np.linspace(-6, 6, FRAMES)[:, None, None], "jumping about"),
    ],
    ids=["shelf", "still", "tiny", "giant", "jumping"],
)
def test_a_ghost_is_left_out_and_reported(ghost: Joints, why: str) -> None:
    found = reading(together(("9", ghost), ("7", WAVE)))
    assert found.joints.shape[1] == 1
    np.testing.assert_allclose(found.joints[:, 0], WAVE, atol=1e-6)
    assert codes(found) == ["ghost_bodies"]
    assert (
        f"1 of the 2 bodies in the file were taken for no people and left out ({why})"
        in (found.remarks[0])
    )


def test_a_body_that_is_there_only_briefly_is_a_ghost() -> None:
    frames: list[Frame] = one_by_one("7", WAVE)
    frames[5] = [*frames[5], ("9", KICK[5])]
    found = reading(frames)
    assert found.joints.shape[1] == 1
    assert "there only briefly" in found.remarks[0]


def test_the_only_body_is_kept_whatever_it_looks_like() -> None:
    assert clip_of(ntu(one_by_one("7", SHELF))).joints.shape[1] == 1


def test_where_all_bodies_look_like_ghosts_one_is_kept() -> None:
    found = reading(together(("7", SHELF), ("8", moved(SHELF, 1))))
    assert found.joints.shape[1] == 1
    assert codes(found) == ["ghost_bodies"]


def test_of_three_people_the_two_that_move_most_are_kept() -> None:
    calm = moved(0.5 * WAVE + 0.5 * WAVE[:1], -1.5)
    found = reading(together(("7", calm), ("8", WAVE), ("9", KICK)))
    np.testing.assert_allclose(found.joints[:, 0], WAVE, atol=1e-6)
    np.testing.assert_allclose(found.joints[:, 1], KICK, atol=1e-6)
    assert codes(found) == ["more_bodies"]
    assert "3 people" in found.remarks[0]


def test_a_body_that_changes_its_id_stays_one_body() -> None:
    half = FRAMES // 2
    frames = one_by_one("7", WAVE[:half]) + [[]] * 2 + one_by_one("88", WAVE[half + 2 :])
    found = reading(frames)
    assert found.joints.shape == (FRAMES, 1, 25, 3)
    np.testing.assert_allclose(found.joints[half + 2 :, 0], WAVE[half + 2 :], atol=1e-6)
    assert codes(found) == ["changed_ids", "empty_frames"]
    assert "under another id once" in found.remarks[0]


def test_somebody_who_comes_in_elsewhere_is_another_body() -> None:
    half = FRAMES // 2
    found = reading(one_by_one("7", WAVE[:half]) + one_by_one("8", KICK[half:]))
    assert found.joints.shape[1] == 2
    assert np.isnan(found.joints[half:, 0]).all()
    assert np.isnan(found.joints[:half, 1]).all()


def test_an_id_that_is_there_twice_is_two_bodies() -> None:
    found = reading(together(("7", WAVE), ("7", KICK)))
    assert found.joints.shape[1] == 2
    np.testing.assert_allclose(found.joints[0, 1], KICK[0], atol=1e-6)


@pytest.mark.parametrize("data", [b"3\n0\n0\n0\n", b"0\n", ntu([[]] * 9)])
def test_a_file_without_a_body_says_so(data: bytes) -> None:
    with pytest.raises(NothingToSee, match="no body is in the file"):
        read("skeleton", data)


GOOD = ntu(one_by_one("7", WAVE[:3])).decode().splitlines()


def changed(line: int, text: str | None) -> bytes:
    lines = [*GOOD]
    lines[line - 1 : line] = [] if text is None else [text]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "line 1: expected the number of frames|line 1: the file ends here"),
        (changed(1, "three"), "line 1: expected the number of frames, not 'three'"),
        (changed(1, "-3"), "line 1: expected the number of frames, not '-3'"),
        (changed(1, "999999999"), f"line {len(GOOD) + 1}: the file ends here, expected the number"),
        (changed(1, "9" * 5000), "line 1: expected the number of frames, not '999"),
        (changed(1, "2"), "line 58: all frames that line 1 promises are read"),
        (changed(2, "7"), "line 2: 7 bodies, but a Kinect v2 tracks 6 at most"),
        (changed(2, "1.5"), "line 2: expected the number of bodies"),
        (changed(3, "7 0 1"), "line 3: expected a body's 10 values, not '7 0 1'"),
        (changed(4, "20"), "line 4: a body has 25 joints in this format, not 20"),
        (changed(9, "0.1 0.2 0.3"), "line 9: 12 numbers are expected, but there are 3"),
        (changed(9, "0 " * 13), "line 9: 12 numbers are expected, but there are 13"),
        (changed(9, "up " + "0 " * 11), "line 9: 'up' is not a number"),
        (changed(9, "0.1 nan 3" + " 0" * 8 + " 2"), "line 9: x, y and z .*, not '0.1 nan 3'"),
        (changed(9, "0.1 1e400 3" + " 0" * 8 + " 1"), "line 9: x, y and z .* finite"),
        (changed(9, ""), "line 9: expected a joint's 12 numbers, not ''"),
        (changed(9, None), "line 29: 12 numbers are expected, but there are 1"),
        ("\n".join(GOOD[:40]).encode(), "line 41: the file ends here, expected a joint's 12"),
        (b"3\n1\n\0\0\0", "not text: byte 5 is zero"),
        (b"1\n" + b"7" * 10_000_000, "line 2: expected the number of bodies in a frame, not '7777"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_malformed_is_refused_with_the_line(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says) as refusal:
        read("skeleton", data)
    assert len(str(refusal.value)) < 300


def test_millions_of_empty_frames_are_refused_and_not_allocated() -> None:
    with pytest.raises(UnusableClip, match="nobody is in almost all"):
        read("skeleton", b"400000\n" + b"0\n" * 400_000)


def test_a_usual_file_is_read_in_no_time() -> None:
    long = np.resize(WAVE, (300, 25, 3))
    data = ntu([[("7", body), ("8", moved(body, 1))] for body in long])
    taken = []
    for _ in range(3):
        begin = time.process_time()
        read("skeleton", data)
        taken.append(time.process_time() - begin)
    assert min(taken) < 0.2  # 20 ms on an idle machine


def test_no_damage_makes_it_fail_otherwise_than_by_a_refusal() -> None:
    outcomes = endures("skeleton", damaged(good_files()["skeleton"], seed=3, cases=5000))
    assert min(outcomes.values()) > 100
