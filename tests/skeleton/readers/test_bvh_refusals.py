"""BVH: damaged files, and those that cannot be used, are refused with the line."""

from __future__ import annotations

import pytest

from skeleton import UnreadableClip, UnusableClip
from tests.skeleton.readers.endurance import endures, peak_memory
from tests.skeleton.readers.mocap_files import BODY, bvh_frame, deep, motion, read_bvh
from tests.skeleton.readers.mutation import damaged

PARTS = ("UpLeg", "Leg", "Foot", "ToeBase", "Shoulder", "Arm", "ForeArm", "Hand")

GOOD = BODY + motion(bvh_frame(), bvh_frame(arm=(3, 4, 5)), bvh_frame())
LINES = GOOD.count("\n")
FRAMES = GOOD[: GOOD.index("Frames")].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HIERARCHY", "HIERACHY", r"line 1: HIERARCHY is expected, not 'HIERACHY'"),
        ("ROOT Hips", "Hips", r"line 2: ROOT or MOTION is expected, not 'Hips'"),
        ("ROOT Hips", "ROOT", r"line 3: a ROOT without a name"),
        ("OFFSET 0 50 0", "OFFSET 0 5o 0", r"line 8: '5o' is not a number \(OFFSET\)"),
        ("OFFSET 0 50 0", "OFFSET 0 nan 0", r"line 8: 'nan' is no length"),
        ("OFFSET 0 50 0", "OFFSET 0 1e400 0", r"line 8: '1e400' is no length"),
        ("OFFSET 0 50 0", "OFFSET 0 50", r"line 9: 'CHANNELS' is not a number"),
        ("CHANNELS 6", "CHANNELS 600", r"line 5: a joint has 3 or 6 channels, not 600"),
        ("CHANNELS 6", "CHANNELS 5", r"line 5: .*expected, not 'Yrotation'"),
        ("CHANNELS 6 X", "CHANNELS 6 W", r"line 5: a channel .* not 'Wposition'"),
        ("CHANNELS 6", "CHANELS 6", r"line 5: OFFSET, CHANNELS, .* not 'CHANELS'"),
        ("  JOINT Neck", "}\n JOINT Neck", r"line 7: JOINT stands outside of any ROOT"),
        ("  JOINT Neck", "  ROOT Neck", r"line 6: ROOT stands inside another joint"),
        ("MOTION\n", "", rf"line {FRAMES - 1}: ROOT or MOTION is expected, not 'Frames:'"),
        ("Frames: 3", "Frames: many", rf"line {FRAMES}: Frames: .* not 'Frames: many'"),
        ("Frames: 3", "Frames: -3", rf"line {FRAMES}: Frames: "),
        ("Frames: 3", "Frames: 4", rf"line {FRAMES}: .* promises 4 frames, but 3 follow"),
        ("Frames: 3", "Frames: 999999999999", rf"line {FRAMES}: .* 999999999999 .* 3 follow"),
        ("Frame Time: ", "Time: ", rf"line {FRAMES + 1}: Frame Time: in s is expected"),
        ("0.0333333", "0", rf"line {FRAMES + 1}: a frame time of '0'"),
        ("0.0333333", "33.3", rf"line {FRAMES + 1}: a frame time of '33.3' .* in seconds"),
        ("0.0333333", "nan", rf"line {FRAMES + 1}: a frame time of 'nan'"),
        (" 3 4 5 ", " 3 4 ", rf"line {FRAMES + 3}: 21 numbers are expected, but there are 20"),
        (" 3 4 5 ", " 3 4 5 6 ", rf"line {FRAMES + 3}: 21 numbers .* are 22"),
        (" 3 4 5 ", " 3 x 5 ", rf"line {FRAMES + 3}: 'x' is not a number"),
        (" 3 4 5 ", " 3 NaN 5 ", rf"line {FRAMES + 3}: 'NaN' is no length or angle"),
        (" 3 4 5 ", " 3 1e400 5 ", rf"line {FRAMES + 3}: '1e400' is no length or angle"),
        (" 3 4 5 ", " 3 1_0 5 ", rf"line {FRAMES + 3}: '1_0' is not a number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(UnreadableClip, match=message):
        read_bvh(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1: HIERARCHY is expected, not the end of the file"),
        (GOOD[: GOOD.index("OFFSET 18")], r"line 21: the file ends, but 3 braces are still open"),
        (BODY, r"line 39: the file ends, but MOTION is missing"),
        (BODY + "MOTION\n", r"line 41: Frames: and their number is expected"),
        (GOOD[:-12], rf"line {LINES}: 21 numbers are expected"),
    ],
)  # fmt: skip
def test_a_file_that_was_cut_is_said_to_be(text: str, message: str) -> None:
    with pytest.raises(UnreadableClip, match=message):
        read_bvh(text)


def test_no_frames_and_no_channels_are_unusable() -> None:
    with pytest.raises(UnusableClip, match="no frame of movement"):
        read_bvh(BODY + "MOTION\nFrames: 0\nFrame Time: 0.03\n")
    with pytest.raises(UnusableClip, match="no joint has a channel"):
        read_bvh("HIERARCHY\nROOT Hips\n{\nOFFSET 0 0 0\n}\nMOTION\nFrames: 1\nFrame Time: 1\n1\n")


def test_a_deep_skeleton_is_read_and_a_bottomless_one_refused() -> None:
    assert "head" in read_bvh(deep(190, 2)).layout.index
    with pytest.raises(UnusableClip, match="bones hang on each other"):
        read_bvh(deep(2500, 2))
    nested = "HIERARCHY\n" + "ROOT a {" + "JOINT a {" * 20_000
    with pytest.raises(UnreadableClip, match="line 2"):
        read_bvh(nested)


def test_a_small_file_does_not_grow_large() -> None:
    names = [f"{side}{part}" for side in ("Left", "Right") for part in PARTS]
    joints = "".join(f"JOINT {name} {{ OFFSET 1 2 3 }}\n" for name in ["Neck", "Head", *names])
    text = f"HIERARCHY\nROOT Hips {{ OFFSET 0 0 0 CHANNELS 1 Xrotation\n{joints}}}\n"
    with peak_memory() as peak, pytest.raises(UnusableClip, match="100000 frames are too many"):
        read_bvh(text + motion(*["1"] * 100_000))
    assert peak.bytes < 100e6


def test_damage_is_refused_or_read_and_never_more() -> None:
    hands = GOOD.replace("CHANNELS 3 Z", "CHANNELS 6 Xposition Yposition Zposition Z")
    wide = " ".join(["1"] * (6 * 6))
    six = hands[: hands.index("MOTION")] + motion(*[wide] * 4)
    outcomes = endures("bvh", damaged([GOOD.encode(), six.encode()], 1, 3000))
    assert outcomes["read"] > 200
    assert outcomes["refused"] > 1000
