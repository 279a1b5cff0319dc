"""BVH: known files give known positions, damaged ones their line."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from skeleton import Archive, UnreadableClip, UnusableClip
from skeleton.readers import find_format, read_source
from skeleton.readers.bvh import BVH
from skeleton.readers.format import Reading, Source
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from training.data_folder import archive_path, data_folder

#: A body of 1.7 m in centimetres: arms hang down from wide shoulders, one number a turn.
BODY = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Neck
  {
    OFFSET 0 50 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT Head
    {
      OFFSET 0 15 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 20 0
      }
    }
    JOINT LeftArm
    {
      OFFSET 18 0 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      JOINT LeftForeArm
      {
        OFFSET 0 -29 0
        CHANNELS 3 Zrotation Xrotation Yrotation
        JOINT LeftHand
        {
          OFFSET 0 -25 0
          CHANNELS 3 Zrotation Xrotation Yrotation
          End Site
          {
            OFFSET 0 -10 0
          }
        }
      }
    }
  }
}
"""
WIDTH = 6 + 5 * 3


#: Seconds of processor time that any body of 16 MiB may take.
LONGEST_OF_16_MIB = 3.0


def frame(**turns: tuple[float, float, float]) -> str:
    """One frame's numbers: turns `z x y` of `hips`, `neck`, `head`, `arm`, `fore`, `hand`."""
    parts = [turns.get(name, (0, 0, 0)) for name in ("hips", "neck", "head", "arm", "fore", "hand")]
    return "0 100 0 " + " ".join(f"{value:g}" for part in parts for value in part)


def motion(*frames: str, seconds: str = "0.0333333") -> str:
    return f"MOTION\nFrames: {len(frames)}\nFrame Time: {seconds}\n" + "\n".join(frames) + "\n"


def read(text: str | bytes) -> Reading:
    return BVH.read(Source(text.encode() if isinstance(text, str) else text))


def place(reading: Reading, joint: str, at: int = 0) -> list[float]:
    """Centimetres."""
    return [round(100 * float(v), 4) for v in reading.joints[at, reading.layout.index[joint]]]


def test_joints_are_where_the_bones_begin_in_metres() -> None:
    reading = read(BODY + motion(frame(), frame()))
    assert reading.layout.joints == (
        "pelvis", "neck", "head", "head_top", "left_shoulder", "left_elbow", "left_wrist",
        "left_hand_tip",
    )  # fmt: skip
    assert reading.fps == 30
    assert reading.axes is None
    assert place(reading, "pelvis") == [0, 100, 0]
    assert place(reading, "head_top") == [0, 185, 0]
    assert place(reading, "left_hand_tip") == [18, 86, 0]


@pytest.mark.parametrize(
    ("turn", "elbow"),
    [
        ((90, 0, 0), [47, 150, 0]),  # z: from -y to +x
        ((0, -90, 0), [18, 150, 29]),  # x: from -y to +z
        ((0, 0, 90), [18, 121, 0]),
    ],
)
def test_a_turn_is_right_handed_about_its_axis(
    turn: tuple[float, float, float], elbow: list[float]
) -> None:
    assert place(read(BODY + motion(frame(arm=turn))), "left_elbow") == elbow


def test_the_first_channel_is_the_outermost_turn() -> None:
    """The arm goes to +x by its z, and a y about the arm's own axes comes before that: none."""
    both = read(BODY + motion(frame(arm=(90, 0, 90), fore=(0, -90, 0))))
    assert place(both, "left_elbow") == [47, 150, 0]
    # By y inside of z the forearm's forward has become the arm's side, which z has turned up.
    assert place(both, "left_wrist") == [47, 175, 0]
    swapped = BODY.replace("Zrotation Xrotation Yrotation", "Yrotation Xrotation Zrotation")
    outer = read(swapped + motion(frame(arm=(90, 0, 90), fore=(0, -90, 0))))
    # Now y is outermost: the arm is to +x by z, then y takes it to the back.
    assert place(outer, "left_elbow") == [18, 150, -29]


def test_a_turn_of_the_root_carries_everything() -> None:
    reading = read(BODY + motion(frame(hips=(0, 0, 90))))
    assert place(reading, "left_shoulder") == [0, 150, -18]


def test_positions_on_any_joint_take_the_offsets_place() -> None:
    text = BODY.replace(
        "OFFSET 18 0 0\n      CHANNELS 3 Z", "OFFSET 18 0 0\n      CHANNELS 4 Xposition Z"
    )
    numbers = frame().split()
    numbers.insert(6 + 2 * 3, "21")
    assert place(read(text + motion(" ".join(numbers))), "left_shoulder") == [21, 150, 0]


def test_position_channels_that_are_always_zero_leave_the_offsets() -> None:
    six = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    text = BODY.replace("CHANNELS 3 Zrotation Xrotation Yrotation", six)
    row = "0 100 0" + " 0" * 33
    reading = read(text + motion(row, row))
    assert place(reading, "left_wrist") == [18, 96, 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("  ", "\t").replace(" 0 ", "   0\t"),
        lambda text: text.lower().replace("hips", "Hips").replace("neck", "Neck"),
        lambda text: text.upper().replace("HIPS", "Hips").replace("ROOT Hips", "ROOT  Hips "),
        lambda text: text.replace("\n{", " {").replace("MOTION", "\n\nMOTION\n"),
        lambda text: text.replace("Hips\n{\n", "Hips{").replace("0\n}", "0}"),
        lambda text: "\ufeff" + text + "\n\n  \n",
        lambda text: text.replace("Frames: 2", "Frames:2").replace("Time: ", "Time:\t"),
        lambda text: text.replace(" 0 100", "\n0 100").replace(" 0 0 0 0 0 0 0 0", "\n" + "0 " * 8),
        lambda text: text.replace("Head\n", "Head\n\n").replace("0.0333333", ".0333"),
    ],
)  # fmt: skip
def test_spelling_and_spacing_do_not_matter(change: object) -> None:
    text = BODY + motion(frame(arm=(90, 0, 0)), frame(arm=(80, 0, 0)))
    changed = change(text)  # type: ignore[operator]
    assert changed != text
    # Names in capitals are words without seams: the arm is not known any more in one case.
    for name in ("LeftForeArm", "LeftArm", "LeftHand"):
        for spelt in (name.lower(), name.upper()):
            changed = changed.replace(f"{spelt}\n", f"{name}\n")
    given, expected = read(changed), read(text)
    assert given.layout.joints == expected.layout.joints
    assert given.fps == expected.fps
    np.testing.assert_array_equal(given.joints, expected.joints)


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(0.01, "metres"), (10, "millimetres"), (1 / 2.54, "inches"), (0.45 / 2.54, "CMU's unit")],
)
def test_the_unit_is_the_one_that_makes_a_body(factor: float, unit: str) -> None:
    text = "\n".join(
        "OFFSET " + " ".join(f"{float(v) * factor:.6f}" for v in line.split()[1:])
        if "OFFSET" in line
        else line
        for line in BODY.splitlines()
    )
    # The movement goes far away, which says nothing about the unit.
    far = [f"{x * 1e3:g} 0 0" + " 0" * 18 for x in range(5)]
    reading = read(text + "\n" + motion(*far))
    assert any(remark.startswith("units:") and unit in remark for remark in reading.remarks)
    arm = reading.joints[0, reading.layout.index["left_elbow"]]
    shoulder = reading.joints[0, reading.layout.index["left_shoulder"]]
    np.testing.assert_allclose(arm - shoulder, [0, -0.29, 0], atol=1e-6)


def z_up(text: str) -> str:
    """The same body with z up: y becomes z, z becomes -y, in every offset."""
    lines = []
    for line in text.splitlines():
        if "OFFSET" in line:
            x, y, z = line.split()[1:]
            line = f"OFFSET {x} {-float(z):g} {y}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_a_file_that_is_z_up_is_read_so() -> None:
    reading = read(z_up(BODY) + motion(*["0 0 100" + " 0" * 18] * 3))
    assert reading.axes == "x,z,-y"
    assert any(remark.startswith("axes:") for remark in reading.remarks)
    recording = read_source(Source((z_up(BODY) + motion("0 0 100" + " 0" * 18)).encode()), BVH)
    joints = recording.clip(flat=True).joints[0, 0]
    np.testing.assert_allclose(joints[3], [0, 1.85, 0], atol=1e-6)


def test_who_lies_in_a_file_that_is_y_up_goes_on_lying() -> None:
    reading = read(BODY + motion(*[frame(hips=(0, 90, 0))] * 3))
    assert reading.axes is None
    assert any("send axes=x,z,-y" in remark for remark in reading.remarks)


def test_what_the_names_do_not_tell_is_left_out_and_said() -> None:
    text = BODY.replace("JOINT LeftHand\n", "JOINT Gizmo\n")
    reading = read(text + motion(frame()))
    assert "left_wrist" not in reading.layout.index
    assert any(
        remark.startswith("joints_left_out: ") and "Gizmo" in remark for remark in reading.remarks
    )


def test_a_skeleton_of_unknown_names_is_refused_with_them() -> None:
    text = BODY
    for i, name in enumerate(("Neck", "Head", "LeftArm", "LeftForeArm", "LeftHand")):
        text = text.replace(f"JOINT {name}\n", f"JOINT thing{i}\n")
    with pytest.raises(UnusableClip, match=r"(?s)only 1 .*Hips, thing0.*layout="):
        read(text + motion(frame()))


def test_a_rest_pose_before_the_movement_is_left_out() -> None:
    moving = [frame(arm=(60 + i, 5 + i, 1), fore=(30, i, 2), neck=(1, 2, i + 3)) for i in range(6)]
    reading = read(BODY + motion(frame(), *moving))
    assert len(reading.joints) == 6
    assert any(remark.startswith("rest_left_out:") for remark in reading.remarks)
    # A movement that begins at rest keeps its beginning.
    slow = [frame(arm=(i, i / 2, i / 3), fore=(i, i, i)) for i in range(6)]
    assert len(read(BODY + motion(*slow)).joints) == 6


@pytest.mark.parametrize(
    "text", ["0.0083333", ".0083333", "0.00833333333", "8.33333e-3", "0,0083333"]
)
def test_the_frame_rate_is_whole_where_few_digits_are_given(text: str) -> None:
    assert read(BODY + motion(frame(), seconds=text)).fps == 120


def test_a_rate_that_is_not_whole_is_kept() -> None:
    assert read(BODY + motion(frame(), seconds=repr(1 / 47.5))).fps == pytest.approx(47.5)


GOOD = BODY + motion(frame(), frame(arm=(3, 4, 5)), frame())
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
        read(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1: HIERARCHY is expected, not the end of the file"),
        (GOOD[: GOOD.index("OFFSET 18")], r"line 21: the file ends, but 3 braces are still open"),
        (BODY, r"line 40: the file ends, but MOTION is missing"),
        (BODY + "MOTION\n", r"line 42: Frames: and their number is expected"),
        (GOOD[:-12], rf"line {LINES}: 21 numbers are expected"),
    ],
)  # fmt: skip
def test_a_file_that_was_cut_is_said_to_be(text: str, message: str) -> None:
    with pytest.raises(UnreadableClip, match=message):
        read(text)


def test_no_frames_and_no_channels_are_unusable() -> None:
    with pytest.raises(UnusableClip, match="no frame of movement"):
        read(BODY + "MOTION\nFrames: 0\nFrame Time: 0.03\n")
    with pytest.raises(UnusableClip, match="no joint has a channel"):
        read("HIERARCHY\nROOT Hips\n{\nOFFSET 0 0 0\n}\nMOTION\nFrames: 1\nFrame Time: 1\n1\n")


def test_it_is_known_by_its_first_bytes() -> None:
    assert find_format(None, GOOD.encode()) is BVH
    assert find_format(None, b"\xef\xbb\xbf \r\n hierarchy\r\n") is BVH
    assert not BVH.looks_like(b"{}")


def deep(levels: int, frames: int) -> str:
    lines = ["HIERARCHY", "ROOT Hips", "{", "OFFSET 0 0 0", "CHANNELS 1 Xrotation"]
    for i in range(levels):
        lines += [f"JOINT Spine{i}", "{", "OFFSET 0 1 0", "CHANNELS 1 Xrotation"]
    lines += ["JOINT Head", "{", "OFFSET 0 1 0", "End Site", "{", "OFFSET 0 1 0", "}", "}"]
    for side in ("Left", "Right"):
        lines += [f"JOINT {side}Arm", "{", "OFFSET 5 -2 0", "}"]
    lines += ["}"] * (levels + 1)
    lines += ["MOTION", f"Frames: {frames}", "Frame Time: 0.01"]
    return "\n".join(lines + [" ".join(["1"] * (levels + 1))] * frames)


def test_a_deep_skeleton_is_read_and_a_bottomless_one_refused() -> None:
    assert "head" in read(deep(190, 2)).layout.index
    with pytest.raises(UnusableClip, match="bones hang on each other"):
        read(deep(2500, 2))
    nested = "HIERARCHY\n" + "ROOT a {" + "JOINT a {" * 20_000
    with pytest.raises(UnreadableClip, match="line 2"):
        read(nested)


SIZE = 16 * 2**20
ROWS = SIZE // (2 * WIDTH)
HEAD = BODY + "MOTION\nFrames: %d\nFrame Time: 0.03\n"
#: Bodies of up to 16 MiB that are made to take long.
HEAVY = {
    "one line of 10 MB": lambda: HEAD % 1 + "0 " * 5_000_000,
    "10 MB of a name": lambda: "HIERARCHY\nROOT " + "x" * 10**7,
    "10 MB of names": lambda: "HIERARCHY\nROOT " + "x " * (5 * 10**6),
    "lines of names": lambda: "HIERARCHY\nROOT " + "x \n" * (3 * 10**6),
    "nothing but line ends": lambda: "HIERARCHY\n" + "\n" * SIZE,
    "nothing but frames": lambda: HEAD % ROWS + ("0 " * WIDTH + "\n") * ROWS,
    "a number a line": lambda: HEAD % (900_000 // WIDTH) + "1\n" * 900_000,
    "wrong at the end": lambda: HEAD % ROWS + ("0 " * WIDTH + "\n") * ROWS + "x",
    "many deep frames": lambda: deep(190, 30_000)[:SIZE],
    "noise after a head": lambda: HEAD % 3 + "\u00ff\n\t0" * 10**6,
    "noise": lambda: np.random.default_rng(0).bytes(SIZE).decode("latin-1"),
}


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_takes_long(name: str) -> None:
    data = HEAVY[name]().encode()[:SIZE]
    begin = time.process_time()
    with suppress(UnreadableClip, UnusableClip):
        read(data)
    taken = time.process_time() - begin
    assert taken < LONGEST_OF_16_MIB, f"{taken:.1f} s"


def test_a_small_file_does_not_grow_large() -> None:
    one = BODY.replace("CHANNELS 3 Zrotation Xrotation Yrotation", "CHANNELS 0").replace(
        "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation",
        "CHANNELS 1 Xrotation",
    )
    text = one + "MOTION\nFrames: 600000\nFrame Time: 0.03\n" + "1\n" * 600_000
    tracemalloc.start()
    with pytest.raises(UnusableClip, match="600000 frames are too many"):
        read(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300e6


def test_damage_is_refused_or_read_and_never_more() -> None:
    hands = GOOD.replace("CHANNELS 3 Z", "CHANNELS 6 Xposition Yposition Zposition Z")
    wide = " ".join(["1"] * (6 * 6))
    six = hands[: hands.index("MOTION")] + motion(*[wide] * 4)
    outcomes = endures("bvh", damaged([GOOD.encode(), six.encode()], 1, 3000))
    assert outcomes["read"] > 200
    assert outcomes["refused"] > 1000


ORIGINALS = data_folder() / "originals"
#: What CMU's BVH lacks and what lies beyond it is off by: the thorax (0.117 m) from the neck on,
#: and the bone between wrist and knuckles (0.095 m) from there.
ABOVE_THE_THORAX = ("neck", "neck_top", "head", *(
    f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")
))  # fmt: skip
BEYOND_THE_WRIST = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("hand", "hand_tip", "thumb")
)


def original(name: str, skeleton: str | None = None) -> Reading:
    source = Source(
        (ORIGINALS / name).read_bytes(),
        name,
        None if skeleton is None else (ORIGINALS / skeleton).read_bytes(),
    )
    return find_format(None, source.data, name).read(source)


def column(reading: Reading, joint: str) -> NDArray[np.floating]:
    return reading.joints[:, reading.layout.index[joint]]


@pytest.mark.real_data
def test_a_trial_as_bvh_is_the_trial_as_amc_but_for_the_bones_it_lacks() -> None:
    """To 0.01 mm for every joint: the BVH's angles have four decimals."""
    bvh, amc = original("cmu_02_01.bvh"), original("cmu_02_01.amc", "cmu_02.asf")
    assert bvh.joints.shape == amc.joints.shape == (343, 28, 3)
    assert bvh.layout.joints == amc.layout.joints
    assert (bvh.fps, amc.fps) == (120, 120)
    assert any(remark.startswith("rest_left_out:") for remark in bvh.remarks)
    assert any("neck and spine" in remark for remark in bvh.remarks)
    thorax = column(amc, "neck") - column(amc, "spine")
    np.testing.assert_allclose(np.linalg.norm(thorax, axis=-1), 0.11673, atol=1e-5)
    for joint in amc.layout.joints:
        off = column(amc, joint) - column(bvh, joint)
        if joint in ABOVE_THE_THORAX:
            off = off - thorax
        if joint in BEYOND_THE_WRIST:
            # All that hangs on the hand lacks one bone of constant length, along the hand.
            off = off - thorax
            length = {"left": 0.09470, "right": 0.09495}[joint.split("_")[0]]
            np.testing.assert_allclose(
                np.linalg.norm(off, axis=-1), length, atol=1e-5, err_msg=joint
            )
            wrist = column(amc, joint.split("_")[0] + "_hand") - column(
                amc, joint.split("_")[0] + "_wrist"
            )
            along = (off * wrist).sum(axis=-1) / length / np.linalg.norm(wrist, axis=-1)
            assert along.min() > 0.9, joint
        else:
            assert np.abs(off).max() < 1e-5, joint


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "skeleton"), [("cmu_02_01.amc", "cmu_02.asf"), ("cmu_02_01.bvh", None)]
)
def test_both_are_the_archives_clip(name: str, skeleton: str | None) -> None:
    """To 0.25 mm, the step of the archive's integers; every fourth frame, begun at the origin.
    The archive's conversion gave its BVH files the missing bones: what they move is not compared.
    """
    reading = original(name, skeleton)
    archive = Archive.open(archive_path("cmu_part"))
    clip = archive.clip(archive.clip_names.index("02_01"))
    start = column(reading, "pelvis")[0] * [1, 0, 1]
    compared = 0
    for joint, at in archive.layout.index.items():
        if skeleton is None and joint in (*ABOVE_THE_THORAX, *BEYOND_THE_WRIST):
            continue
        off = column(reading, joint)[::4] - start - clip.joints[:, 0, at]
        assert np.linalg.norm(off, axis=-1).max() < 2.5e-4, joint
        compared += 1
    assert compared == (24 if skeleton else 13)


@pytest.mark.real_data
def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    from skeleton.readers import read_path

    for name in ("cmu_02_01.bvh", "cmu_02_01.amc", "cmu_02.asf"):
        (tmp_path / name.replace("cmu_", "")).write_bytes((ORIGINALS / name).read_bytes())
    for name in ("02_01.bvh", "02_01.amc"):
        assert read_path(tmp_path / name).clip().joints.shape == (343, 1, 28, 3)
