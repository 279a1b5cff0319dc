"""ASF + AMC: known files give known positions, damaged ones their line."""

from __future__ import annotations

import time
import warnings
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest

from skeleton import UnreadableClip, UnusableClip
from skeleton.readers import find_format, read_source
from skeleton.readers.asf_amc import AMC
from skeleton.readers.format import Reading, Source
from tests.skeleton.readers.mutation import damaged

INCHES = 1 / 2.54  # of a centimetre


def bone(name: str, direction: str, length: float, *more: str) -> str:
    lines = [f"name {name}", f"direction {direction}", f"length {length * INCHES:.6f}", *more]
    return "begin\n id 1\n" + "".join(f" {line}\n" for line in lines) + "end\n"


#: A body in inches: left leg, trunk and left arm, which hangs; some bones with axes of their own.
ASF = (
    """# made by hand
:version 1.10
:name body
:units
  mass 1.0
  length 1.0
  angle deg
:documentation
   any: words, even begin
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
"""
    + bone("lhipjoint", "1 0 0", 10, "axis 0 0 0 XYZ")
    + bone("lfemur", "0 -1 0", 42, "axis 0 0 90 XYZ", "dof rx ry rz", "limits (-1 1)", "(-1 1)")
    + bone("ltibia", "0 -1 0", 41, "axis 0 0 0 XYZ", "dof rx", "limits (0 170)")
    + bone("thorax", "0 1 0", 50, "axis 0 0 0 XYZ", "dof rz rx")
    + bone("head", "0 1 0", 20, "axis 0 0 0 XYZ")
    + bone("lclavicle", "1 0 0", 18, "axis 0 0 0 XYZ")
    + bone("lhumerus", "0 -1 0", 29, "axis 0 0 0 XYZ", "dof rx ry rz")
    + bone("lradius", "0 -1 0", 25, "axis 0 0 0 XYZ", "dof rx")
    + """:hierarchy
  begin
    root lhipjoint thorax
    lhipjoint lfemur
    lfemur ltibia
    thorax head lclavicle
    lclavicle lhumerus
    lhumerus lradius
  end
"""
)
BONES = {"root": 6, "lfemur": 3, "ltibia": 1, "thorax": 2, "lhumerus": 3, "lradius": 1}


def frame(number: int, **turns: str) -> str:
    lines = [f"{number}"]
    for name, count in BONES.items():
        lines.append(f"{name} {turns.get(name, ' '.join(['0'] * count))}")
    return "\n".join(lines) + "\n"


def amc(*frames: str, head: str = ":FULLY-SPECIFIED\n:DEGREES\n") -> str:
    return "# a movement\n" + head + "".join(frames)


def read(motion: str | bytes, skeleton: str | bytes | None = ASF) -> Reading:
    data, bones = (t.encode() if isinstance(t, str) else t for t in (motion, skeleton or b""))
    return AMC.read(Source(data, skeleton=None if skeleton is None else bones))


def place(reading: Reading, joint: str, at: int = 0) -> list[float]:
    """Centimetres."""
    values = reading.joints[at, reading.layout.index[joint]] * 100
    return [round(float(v), 3) + 0.0 for v in values]


def test_joints_are_where_the_bones_end_in_metres() -> None:
    reading = read(amc(frame(1, root=f"{10 * INCHES} {100 * INCHES} 0 0 0 0")))
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
    assert place(read(amc(frame(1, lhumerus=turn))), "left_elbow") == elbow


def test_a_bone_turns_about_axes_of_its_own() -> None:
    """The thigh's axes are turned by 90° about z: its x is the body's y, its y the body's -x."""
    still = read(amc(frame(1, lfemur="45 0 0")))
    assert place(still, "left_knee") == [10, -42, 0]
    assert place(read(amc(frame(1, lfemur="0 90 0"))), "left_knee") == [10, 0, 42]
    # What hangs on it is carried by it: the shank's bend is about the turned thigh's x.
    bent = read(amc(frame(1, lfemur="45 0 0", ltibia="90")))
    half = round(41 * 2**-0.5, 3)
    assert place(bent, "left_ankle") == [10 - half, -42, -half]


def test_degrees_of_freedom_come_in_the_order_of_the_skeleton() -> None:
    """The thorax has z, then x: after z has laid it to the side, x takes it nowhere."""
    assert place(read(amc(frame(1, thorax="90 90"))), "neck") == [-50, 0, 0]


def test_the_order_of_the_roots_numbers_is_that_of_the_skeleton() -> None:
    skeleton = ASF.replace("order TX TY TZ RX RY RZ", "order RZ RX RY TX TY TZ")
    reading = read(amc(frame(1, root=f"90 0 0 0 {INCHES} 0")), skeleton)
    assert place(reading, "pelvis") == [0, 1, 0]
    assert place(reading, "left_hip") == [0, 11, 0]


def test_the_roots_orientation_turns_the_skeleton_at_rest() -> None:
    skeleton = ASF.replace("orientation 0 0 0", "orientation 0 90 0")
    assert place(read(amc(frame(1)), skeleton), "left_hip") == [0, 0, -10]
    assert place(read(amc(frame(1, root="0 0 0 0 0 90")), skeleton), "neck") == [-50, 0, 0]


@pytest.mark.parametrize("said", ["the movement", "the skeleton"])
def test_radians(said: str) -> None:
    in_asf = ASF.replace("angle deg", "angle rad").replace("axis 0 0 90", f"axis 0 0 {np.pi / 2}")
    head = ":RADIANS\n" if said == "the movement" else ":fully-specified\n"
    reading = read(amc(frame(1, lfemur=f"0 {np.pi / 2} 0"), head=head), in_asf)
    assert place(reading, "left_knee") == [10, 0, 42]


def test_the_unit_of_the_skeleton_is_parts_of_an_inch() -> None:
    """CMU's `length 0.45` says that an inch is 0.45 of its units."""
    small = "\n".join(
        f"length {float(line.split()[1]) * 0.45}" if line.startswith(" length") else line
        for line in ASF.split("\n")
    ).replace("  length 1.0", "  length 0.45")
    np.testing.assert_allclose(
        read(amc(frame(1)), small).joints, read(amc(frame(1))).joints, atol=1e-6
    )


def test_a_unit_that_fits_no_body_is_guessed_and_said() -> None:
    metres = ASF
    for line in ASF.split("\n"):
        if line.startswith(" length"):
            metres = metres.replace(line, f" length {float(line.split()[1]) * 0.0254:.6f}", 1)
    reading = read(amc(frame(1)), metres)
    assert place(reading, "left_shoulder") == pytest.approx([18, 50, 0], abs=0.02)
    assert any(remark.startswith("units:") and "metres" in remark for remark in reading.remarks)


def test_the_frame_rate_is_cmus_unless_it_is_said() -> None:
    reading = read(amc(frame(1), frame(2)))
    assert reading.fps == 120
    assert any(remark.startswith("fps_assumed:") for remark in reading.remarks)
    said = read(amc(frame(1), head=":samples-per-second 60\n:degrees\n"))
    assert said.fps == 60
    assert not any(remark.startswith("fps_assumed:") for remark in said.remarks)
    fourth = read(amc(frame(1), frame(5), frame(9)))
    assert fourth.fps == 30


def test_bones_may_come_in_any_order_and_the_spelling_does_not_matter() -> None:
    good = amc(frame(1, lfemur="1 2 3"), frame(2, lhumerus="4 5 6"))
    head, first, second = good.partition("1\n")[0], *good.split("\n1\n")[1].split("\n2\n")
    mixed = head + "1\n" + first + "\n2\n" + "\n".join(second.strip().split("\n")[::-1]) + "\n"
    for other in (mixed, good.replace("\n", "\r\n"), good.replace(" ", "\t  "), good + "\n\n"):
        np.testing.assert_array_equal(read(other).joints, read(good).joints)
    np.testing.assert_array_equal(
        read(good, ASF.replace("\n", "\r\n").replace("name ", "NAME  ")).joints, read(good).joints
    )


def test_a_bone_that_no_frame_gives_stays_at_rest() -> None:
    without = amc(frame(1), frame(2)).replace("lradius 0\n", "")
    reading = read(without)
    np.testing.assert_array_equal(reading.joints, read(amc(frame(1), frame(2))).joints)
    assert any(r.startswith("bones_at_rest: lradius") for r in reading.remarks)


GOOD = amc(frame(1), frame(2, lhumerus="3 4 5"), frame(3))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lhumerus 3 4 5", "lhumerus 3 4", r"line 16: 3 numbers are expected, .* 2.*lhum"),
        ("lhumerus 3 4 5", "lhumerus 3 4 5 6", r"line 16: 3 numbers .* are 4"),
        ("lhumerus 3 4 5", "lhumerus 3 x 5", r"line 16: 'x' is not a number"),
        ("lhumerus 3 4 5", "lhumerus 3 nan 5", r"line 16: 'nan' is no length or angle"),
        ("lhumerus 3 4 5", "lhumerus 3 1e400 5", r"line 16: '1e400' is no"),
        ("lhumerus 3 4 5", "larm 3 4 5", r"line 16: the skeleton has no bone 'larm'"),
        ("lhumerus 3 4 5\n", "", r"line 17: frame 2 ends without the bone lhumerus"),
        ("lhumerus 3 4 5", "ltibia 3", r"line 16: frame 2 gives the bone 'ltibia' twice"),
        ("\n2\n", "\n5\n", r"line 18: frame 3 follows frame 5"),
        ("\n2\n", "\n", r"line 11: frame 1 gives the bone 'root' twice"),
        ("\n1\n", "\n", r"line 4: the number of a frame is expected, not 'root"),
        ("lradius 0\n2\n", "2\n", r"line 17: frame 2 has the bone lradius, which .* lack"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_movement_is_said_with_its_line(
    old: str, new: str, message: str
) -> None:
    assert old in GOOD
    with pytest.raises(UnreadableClip, match=message):
        read(GOOD.replace(old, new, 1))


def line_of(text: str) -> int:
    return ASF[: ASF.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("angle deg", "angle grad", "angle is deg or rad"),
        ("length 1.0", "length 0", "'0' is no unit"),
        ("length 1.0", "length one", "'one' is not a number"),
        ("order TX", "order TW", "rx, ry, rz, .* not 'tw'"),
        ("axis XYZ", "axis XYY", "an order of axes like XYZ is expected, not 'xyy'"),
        ("name lfemur", "name lhipjoint", "the bone has no name of its own: 'lhipjoint'"),
        ("direction 0 1 0", "direction 0 1", "3 numbers are expected, but there are 2"),
        ("direction 0 1 0", "direction 0 nan 0", "'nan' is no length or angle"),
        ("dof rz rx", "dof rz rz", "a degree of freedom stands there twice"),
        ("dof rz rx", "dof rz rw", "rx, ry, rz, .* not 'rw'"),
        ("root lhipjoint thorax", "root lhipjoint torax", "there is no bone 'torax'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_skeleton_is_said_with_its_line(
    old: str, new: str, message: str
) -> None:
    assert old in ASF
    offset = 4 if old == "name lfemur" else 0  # noticed where the bone ends
    with pytest.raises(UnreadableClip, match=rf"\(ASF\), line (\d+): .*{message}") as refusal:
        read(GOOD, ASF.replace(old, new, 1))
    line = int(str(refusal.value).split("line ")[1].split(":")[0])
    assert line_of(old) <= line <= line_of(old) + offset + 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[: t.index(":hierarchy")], "ends without any bones in :hierarchy"),
        (lambda t: t[: t.index(":bonedata")], "ends without any bones in :bonedata"),
        (lambda t: t.replace("thorax head lclavicle\n", "thorax head\n"), "hangs on nothing"),
        (lambda t: t.replace("lfemur ltibia\n", "lfemur ltibia head\n"), "hangs on two others"),
        (lambda t: t.replace("lfemur ltibia\n", "lfemur ltibia lhipjoint\n"), "hangs on two"),
        (lambda t: t.replace("end\nbegin", "begin", 1), "has no end"),
        (lambda t: "noise", "ends without any bones"),
    ],
)  # fmt: skip
def test_a_skeleton_that_is_no_tree_is_refused(change: object, message: str) -> None:
    with pytest.raises(UnreadableClip, match=message):
        read(GOOD, change(ASF))  # type: ignore[operator]


def test_each_of_the_two_files_alone_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableClip, match=r"needs its skeleton.*`skeleton`.*--skeleton"):
        read(GOOD, None)
    with pytest.raises(UnreadableClip, match=r"this is an ASF file.*`motion`"):
        read(ASF, None)
    with pytest.raises(UnreadableClip, match=r"this is an ASF file"):
        read(ASF, GOOD)
    with pytest.raises(UnreadableClip, match=r"the skeleton is an AMC file"):
        read(GOOD, GOOD)


def test_no_frame_is_unusable() -> None:
    for text in ("", ":degrees\n"):
        with pytest.raises(UnusableClip, match="no frame of movement"):
            read(text)


def test_unknown_bones_are_unusable() -> None:
    skeleton, motion = ASF, GOOD
    for i, name in enumerate(("lhipjoint", "lfemur", "ltibia", "lhumerus", "lradius", "thorax")):
        skeleton, motion = skeleton.replace(name, f"b{i}"), motion.replace(name, f"b{i}")
    with pytest.raises(UnusableClip, match="joints have names that are known"):
        read(motion, skeleton)


def test_both_files_are_known_by_their_first_bytes() -> None:
    for text in (GOOD, ASF, "#!OML:ASF F:\\x.ASF\n:FULLY-SPECIFIED\n:DEGREES\n1\n"):
        assert find_format(None, text.encode()) is AMC
        assert find_format(None, text.replace("\n", "\r\n").encode()) is AMC
    assert not AMC.looks_like(b'{"frames": []}')


def test_a_long_chain_of_bones_is_refused() -> None:
    names = [f"b{i}" for i in range(900)]
    text = ":bonedata\n" + "".join(bone(name, "0 1 0", 1) for name in names)
    text += ":hierarchy\nroot b0\n" + "".join(f"{a} {b}\n" for a, b in pairwise(names))
    with pytest.raises(UnusableClip, match="hang on each other"):
        read(GOOD, text)


def outcomes_of(cases: list[tuple[bytes, bytes]]) -> dict[str, int]:
    outcomes = {"read": 0, "refused": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for motion, skeleton in cases:
            outcome = "refused"
            with suppress(UnreadableClip, UnusableClip):
                read_source(Source(motion, skeleton=skeleton), AMC).clip()
                outcome = "read"
            outcomes[outcome] += 1
    return outcomes


def test_damage_is_refused_or_read_and_never_more() -> None:
    """Any other exception, and any warning of numpy's, fails."""
    moving, bones = GOOD.encode(), ASF.encode()
    cases = [(data, bones) for data in damaged([moving], 1, 1200)]
    cases += [(moving, data) for data in damaged([bones], 2, 1200)]
    outcomes = outcomes_of(cases)
    assert outcomes["read"] > 100
    assert outcomes["refused"] > 500


SIZE = 16 * 2**20
HEAVY = {
    "one line of 10 MB": lambda: ":degrees\n1\nroot " + "0 " * 5_000_000,
    "numbers of frames": lambda: "".join(f"{i}\n" for i in range(2_000_000)),
    "frames": lambda: amc(*(frame(i) for i in range(1, 120_000))),
    "line ends": lambda: "\n" * SIZE,
    "keywords": lambda: ":degrees\n" * (SIZE // 9),
    "noise": lambda: np.random.default_rng(0).bytes(SIZE).decode("latin-1"),
    "skeleton": lambda: ASF + "root lhipjoint\n" * 10**6,
}


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_takes_long(name: str) -> None:
    data = HEAVY[name]().encode()[:SIZE]
    for motion, skeleton in ((data, ASF.encode()), (GOOD.encode(), data)):
        begin = time.process_time()
        with suppress(UnreadableClip, UnusableClip):
            read(motion, skeleton)
        taken = time.process_time() - begin
        assert taken < 3, f"{taken:.1f} s"
