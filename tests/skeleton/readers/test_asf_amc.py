"""ASF + AMC: known files give known positions."""

from __future__ import annotations

import numpy as np
import pytest

from skeleton.readers import find_format
from skeleton.readers.asf_amc import AMC
from tests.skeleton.readers.mocap_files import ASF, INCHES, amc, amc_frame, place, read_amc


def test_joints_are_where_the_bones_end_in_metres() -> None:
    reading = read_amc(amc(amc_frame(1, root=f"{10 * INCHES} {100 * INCHES} 0 0 0 0")))
    assert set(reading.layout.joints) == {
        "pelvis", "left_hip", "left_knee", "left_ankle", "neck", "head", "left_shoulder",
        "left_elbow", "left_wrist",
    }  # fmt: skip
    assert place(reading, "pelvis") == [10, 100, 0]
    assert place(reading, "left_hip") == [20, 100, 0]
    assert place(reading, "left_ankle") == [20, 17, 0]
    assert place(reading, "head") == [10, 170, 0]
    assert place(reading, "left_wrist") == [28, 96, 0]


@pytest.mark.parametrize(
    ("turn", "elbow"),
    [
        ("0 0 90", [47, 50, 0]),  # z: from -y to +x
        ("-90 0 0", [18, 50, 29]),  # x: from -y to +z
        ("-90 90 0", [47, 50, 0]),  # x first, and y takes +z to +x
        ("0 90 90", [47, 50, 0]),  # y first, which does nothing to what hangs down
    ],
)
def test_turns_are_right_handed_and_the_first_number_turns_first(
    turn: str, elbow: list[float]
) -> None:
    assert place(read_amc(amc(amc_frame(1, lhumerus=turn))), "left_elbow") == elbow


def test_a_bone_turns_about_axes_of_its_own() -> None:
    """The thigh's axes are turned by 90° about z: its x is the body's y, its y the body's -x."""
    still = read_amc(amc(amc_frame(1, lfemur="45 0 0")))
    assert place(still, "left_knee") == [10, -42, 0]
    assert place(read_amc(amc(amc_frame(1, lfemur="0 90 0"))), "left_knee") == [10, 0, 42]
    # What hangs on it is carried by it: the shank's bend is about the turned thigh's x.
    bent = read_amc(amc(amc_frame(1, lfemur="45 0 0", ltibia="90")))
    half = round(41 * 2**-0.5, 3)
    assert place(bent, "left_ankle") == [10 - half, -42, -half]


def test_degrees_of_freedom_come_in_the_order_of_the_skeleton() -> None:
    """The thorax has z, then x: after z has laid it to the side, x takes it nowhere."""
    assert place(read_amc(amc(amc_frame(1, thorax="90 90"))), "neck") == [-50, 0, 0]


def test_the_order_of_the_roots_numbers_is_that_of_the_skeleton() -> None:
    skeleton = ASF.replace("order TX TY TZ RX RY RZ", "order RZ RX RY TX TY TZ")
    reading = read_amc(amc(amc_frame(1, root=f"90 0 0 0 {INCHES} 0")), skeleton)
    assert place(reading, "pelvis") == [0, 1, 0]
    assert place(reading, "left_hip") == [0, 11, 0]


def test_the_roots_orientation_turns_the_skeleton_at_rest() -> None:
    skeleton = ASF.replace("orientation 0 0 0", "orientation 0 90 0")
    assert place(read_amc(amc(amc_frame(1)), skeleton), "left_hip") == [0, 0, -10]
    assert place(read_amc(amc(amc_frame(1, root="0 0 0 0 0 90")), skeleton), "neck") == [-50, 0, 0]


@pytest.mark.parametrize("said", ["the movement", "the skeleton"])
def test_radians(said: str) -> None:
    in_asf = ASF.replace("angle deg", "angle rad").replace("axis 0 0 90", f"axis 0 0 {np.pi / 2}")
    head = ":RADIANS\n" if said == "the movement" else ":fully-specified\n"
    reading = read_amc(amc(amc_frame(1, lfemur=f"0 {np.pi / 2} 0"), head=head), in_asf)
    assert place(reading, "left_knee") == [10, 0, 42]


def test_the_unit_of_the_skeleton_is_parts_of_an_inch() -> None:
    """CMU's `length 0.45` says that an inch is 0.45 of its units."""
    small = "\n".join(
        f"length {float(line.split()[1]) * 0.45}" if line.startswith(" length") else line
        for line in ASF.split("\n")
    ).replace("  length 1.0", "  length 0.45")
    np.testing.assert_allclose(
        read_amc(amc(amc_frame(1)), small).joints, read_amc(amc(amc_frame(1))).joints, atol=1e-6
    )


def test_a_unit_that_fits_no_body_is_guessed_and_said() -> None:
    metres = ASF
    for line in ASF.split("\n"):
        if line.startswith(" length"):
            metres = metres.replace(line, f" length {float(line.split()[1]) * 0.0254:.6f}", 1)
    reading = read_amc(amc(amc_frame(1)), metres)
    assert place(reading, "left_shoulder") == pytest.approx([18, 50, 0], abs=0.02)
    assert any(remark.startswith("units:") and "metres" in remark for remark in reading.remarks)


def test_the_frame_rate_is_cmus_unless_it_is_said() -> None:
    reading = read_amc(amc(amc_frame(1), amc_frame(2)))
    assert reading.fps == 120
    assert any(remark.startswith("fps_assumed:") for remark in reading.remarks)
    said = read_amc(amc(amc_frame(1), head=":samples-per-second 60\n:degrees\n"))
    assert said.fps == 60
    assert not any(remark.startswith("fps_assumed:") for remark in said.remarks)
    fourth = read_amc(amc(amc_frame(1), amc_frame(5), amc_frame(9)))
    assert fourth.fps == 30


def test_bones_may_come_in_any_order_and_the_spelling_does_not_matter() -> None:
    good = amc(amc_frame(1, lfemur="1 2 3"), amc_frame(2, lhumerus="4 5 6"))
    head, first, second = good.partition("1\n")[0], *good.split("\n1\n")[1].split("\n2\n")
    mixed = head + "1\n" + first + "\n2\n" + "\n".join(second.strip().split("\n")[::-1]) + "\n"
    for other in (mixed, good.replace("\n", "\r\n"), good.replace(" ", "\t  "), good + "\n\n"):
        np.testing.assert_array_equal(read_amc(other).joints, read_amc(good).joints)
    np.testing.assert_array_equal(
        read_amc(good, ASF.replace("\n", "\r\n").replace("name ", "NAME  ")).joints,
        read_amc(good).joints,
    )


def test_a_bone_that_no_frame_gives_stays_at_rest() -> None:
    without = amc(amc_frame(1), amc_frame(2)).replace("lradius 0\n", "")
    reading = read_amc(without)
    np.testing.assert_array_equal(reading.joints, read_amc(amc(amc_frame(1), amc_frame(2))).joints)
    assert any(r.startswith("bones_at_rest: lradius") for r in reading.remarks)


def test_both_files_are_known_by_their_first_bytes() -> None:
    for text in (amc(amc_frame(1)), ASF, "#!OML:ASF F:\\x.ASF\n:FULLY-SPECIFIED\n:DEGREES\n1\n"):
        assert find_format(None, text.encode()) is AMC
        assert find_format(None, text.replace("\n", "\r\n").encode()) is AMC
    assert not AMC.looks_like(b'{"frames": []}')


def test_a_long_movement_is_the_same_however_its_lines_are_written() -> None:
    frames = [amc_frame(5 + i, lfemur=f"{i % 50} {i % 7}.5 -3", lradius=f"{i}") for i in range(300)]
    plain = read_amc(amc(*frames)).joints
    assert plain.shape[0] == 300
    for at in (0, 1, 63, 64, 65, 150, 299):
        remarked = list(frames)
        remarked[at] = "# a remark\n" + frames[at].replace("lfemur", " lfemur")
        np.testing.assert_array_equal(read_amc(amc(*remarked)).joints, plain)
        number, *bones = frames[at].splitlines()
        turned = list(frames)
        turned[at] = "\n".join([number, *reversed(bones), ""])
        np.testing.assert_array_equal(read_amc(amc(*turned)).joints, plain)
    parts = [read_amc(amc(*frames[at : at + 1])).joints for at in range(300)]
    np.testing.assert_allclose(np.concatenate(parts), plain, atol=1e-12)


def test_a_long_movement_of_bones_that_cannot_move_is_read() -> None:
    assert "lhipjoint" in ASF
    still = "".join(f"{i}\nlhipjoint\n" for i in range(1, 201))
    assert read_amc(amc(still)).joints.shape[0] == 200
