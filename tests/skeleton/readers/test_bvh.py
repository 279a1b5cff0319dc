"""BVH: known files give known positions, in metres and upright."""

from __future__ import annotations

import numpy as np
import pytest

from skeleton import LAYOUTS, UnusableClip, record
from skeleton.animator import animate
from skeleton.inspection import inspect
from skeleton.readers import find_format, read_source
from skeleton.readers.bvh import BVH
from skeleton.readers.format import Source
from skeleton.writers.bvh import write_bvh
from tests.skeleton.readers.mocap_files import BODY, bvh_frame, motion, place, read_bvh


def test_joints_are_where_the_bones_begin_in_metres() -> None:
    reading = read_bvh(BODY + motion(bvh_frame(), bvh_frame()))
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
    assert place(read_bvh(BODY + motion(bvh_frame(arm=turn))), "left_elbow") == elbow


def test_the_first_channel_is_the_outermost_turn() -> None:
    """The arm goes to +x by its z, and a y about the arm's own axes comes before that: none."""
    both = read_bvh(BODY + motion(bvh_frame(arm=(90, 0, 90), fore=(0, -90, 0))))
    assert place(both, "left_elbow") == [47, 150, 0]
    # By y inside of z the forearm's forward has become the arm's side, which z has turned up.
    assert place(both, "left_wrist") == [47, 175, 0]
    swapped = BODY.replace("Zrotation Xrotation Yrotation", "Yrotation Xrotation Zrotation")
    outer = read_bvh(swapped + motion(bvh_frame(arm=(90, 0, 90), fore=(0, -90, 0))))
    # Now y is outermost: the arm is to +x by z, then y takes it to the back.
    assert place(outer, "left_elbow") == [18, 150, -29]


def test_a_turn_of_the_root_carries_everything() -> None:
    reading = read_bvh(BODY + motion(bvh_frame(hips=(0, 0, 90))))
    assert place(reading, "left_shoulder") == [0, 150, -18]


def test_positions_on_any_joint_take_the_offsets_place() -> None:
    text = BODY.replace(
        "OFFSET 18 0 0\n      CHANNELS 3 Z", "OFFSET 18 0 0\n      CHANNELS 4 Xposition Z"
    )
    numbers = bvh_frame().split()
    numbers.insert(6 + 2 * 3, "21")
    assert place(read_bvh(text + motion(" ".join(numbers))), "left_shoulder") == [21, 150, 0]


def test_position_channels_that_are_always_zero_leave_the_offsets() -> None:
    six = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    text = BODY.replace("CHANNELS 3 Zrotation Xrotation Yrotation", six)
    row = "0 100 0" + " 0" * 33
    reading = read_bvh(text + motion(row, row))
    assert place(reading, "left_wrist") == [18, 96, 0]


def test_so_they_do_beside_a_bone_that_moves() -> None:
    """As an armature that stands still above hips that move."""
    six = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    text = BODY.replace("CHANNELS 3 Zrotation Xrotation Yrotation", six)
    moved = text.index(six, text.index("Neck"))
    text = text[:moved] + text[moved:]
    rows = [f"0 100 0 0 0 0 0 {50 + i} 0" + " 0" * 27 for i in range(3)]
    reading = read_bvh(text + motion(*rows))
    assert place(reading, "left_wrist")[0] == 18


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
    text = BODY + motion(bvh_frame(arm=(90, 0, 0)), bvh_frame(arm=(80, 0, 0)))
    changed = change(text)  # type: ignore[operator]
    assert changed != text
    # Names in capitals are words without seams: the arm is not known any more in one case.
    for name in ("LeftForeArm", "LeftArm", "LeftHand"):
        for spelt in (name.lower(), name.upper()):
            changed = changed.replace(f"{spelt}\n", f"{name}\n")
    given, expected = read_bvh(changed), read_bvh(text)
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
    reading = read_bvh(text + "\n" + motion(*far))
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
    reading = read_bvh(z_up(BODY) + motion(*["0 0 100" + " 0" * 18] * 3))
    assert reading.axes == "x,z,-y"
    assert any(remark.startswith("axes:") for remark in reading.remarks)
    recording = read_source(Source((z_up(BODY) + motion("0 0 100" + " 0" * 18)).encode()), BVH)
    joints = recording.clip(flat=True).joints[0, 0]
    np.testing.assert_allclose(joints[3], [0, 1.85, 0], atol=1e-6)


def test_who_bows_for_long_in_a_file_that_is_z_up_still_stands_in_it() -> None:
    """The head is along no axis in most frames; the skeleton at rest and the mean tell."""
    rows = [f"0 0 100 0 {0 if i < 4 else 60} 0" + " 0" * 15 for i in range(10)]
    reading = read_bvh(z_up(BODY) + motion(*rows))
    assert reading.axes == "x,z,-y"
    assert any(remark.startswith("axes:") for remark in reading.remarks)


def test_who_lies_in_a_file_that_is_z_up_is_told_how_to_say_so() -> None:
    reading = read_bvh(z_up(BODY) + motion(*["0 0 100 0 -90 0" + " 0" * 15] * 3))
    assert reading.axes is None
    assert any("send axes=x,z,-y" in remark for remark in reading.remarks)


def test_who_lies_in_a_file_that_is_y_up_goes_on_lying() -> None:
    reading = read_bvh(BODY + motion(*[bvh_frame(hips=(0, 90, 0))] * 3))
    assert reading.axes is None
    assert any("send axes=x,z,-y" in remark for remark in reading.remarks)


def test_advice_on_axes_that_was_followed_is_not_repeated() -> None:
    source = Source((BODY + motion(*[bvh_frame(hips=(0, 90, 0), arm=(0, 20, 40))] * 3)).encode())
    told = read_source(source, BVH).remarks
    followed = read_source(source, BVH, axes="x,z,-y").remarks
    assert [remark for remark in told if remark not in followed] == [
        remark for remark in told if "send axes=x,z,-y" in remark
    ]
    assert len(followed) == len(told) - 1


def test_one_hint_at_axes_is_told_on_inspection() -> None:
    source = Source((BODY + motion(*[bvh_frame(hips=(0, 90, 0), arm=(0, 20, 40))] * 3)).encode())
    found = inspect(read_source(source, BVH), "bvh", LAYOUTS["body16"], 32)
    assert [warning for warning in found.warnings if "axes" in warning] == [
        warning for warning in found.warnings if warning.startswith("axes_hint: ")
    ]
    assert any(warning.startswith("axes_hint: ") for warning in found.warnings)


def test_one_height_is_told_on_inspection() -> None:
    clip = animate("wave", layout="body16")
    body = Source(write_bvh(record(clip.joints, clip.layout, fps=clip.fps)))
    found = inspect(read_source(body, BVH), "bvh", LAYOUTS["body16"], 32)
    assert found.height is not None
    (unit,) = [warning for warning in found.warnings if warning.startswith("units: ")]
    assert not any(character.isdigit() for character in unit)


def test_what_the_names_do_not_tell_is_left_out_and_said() -> None:
    text = BODY.replace("JOINT LeftHand\n", "JOINT Gizmo\n")
    reading = read_bvh(text + motion(bvh_frame()))
    assert "left_wrist" not in reading.layout.index
    assert any(
        remark.startswith("joints_left_out: ") and "Gizmo" in remark for remark in reading.remarks
    )


def test_a_skeleton_of_unknown_names_is_refused_with_them() -> None:
    text = BODY
    for i, name in enumerate(("Neck", "Head", "LeftArm", "LeftForeArm", "LeftHand")):
        text = text.replace(f"JOINT {name}\n", f"JOINT thing{i}\n")
    with pytest.raises(UnusableClip, match=r"(?s)only 1 .*Hips, thing0.*layout="):
        read_bvh(text + motion(bvh_frame()))


def test_a_rest_pose_before_the_movement_is_left_out() -> None:
    moving = [
        bvh_frame(arm=(60 + i, 5 + i, 1), fore=(30, i, 2), neck=(1, 2, i + 3)) for i in range(6)
    ]
    reading = read_bvh(BODY + motion(bvh_frame(), *moving))
    assert len(reading.joints) == 6
    assert any(remark.startswith("rest_left_out:") for remark in reading.remarks)
    # A movement that begins at rest keeps its beginning.
    slow = [bvh_frame(arm=(i, i / 2, i / 3), fore=(i, i, i)) for i in range(6)]
    assert len(read_bvh(BODY + motion(*slow)).joints) == 6


@pytest.mark.parametrize(
    "text", ["0.0083333", ".0083333", "0.00833333333", "8.33333e-3", "0,0083333"]
)
def test_the_frame_rate_is_whole_where_few_digits_are_given(text: str) -> None:
    assert read_bvh(BODY + motion(bvh_frame(), seconds=text)).fps == 120


def test_a_rate_that_is_not_whole_is_kept() -> None:
    assert read_bvh(BODY + motion(bvh_frame(), seconds=repr(1 / 47.5))).fps == pytest.approx(47.5)


def test_it_is_known_by_its_first_bytes() -> None:
    assert find_format(None, (BODY + motion(bvh_frame())).encode()) is BVH
    assert find_format(None, b"\xef\xbb\xbf \r\n hierarchy\r\n") is BVH
    assert not BVH.looks_like(b"{}")
