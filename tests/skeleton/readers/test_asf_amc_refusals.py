"""ASF + AMC: damaged files, and those that cannot be used, are refused with the line."""

from __future__ import annotations

from itertools import pairwise

import pytest

from skeleton import UnreadableClip, UnusableClip
from skeleton.readers.format import Source
from tests.skeleton.readers.endurance import endures, peak_memory
from tests.skeleton.readers.mocap_files import ASF, amc, amc_frame, bone, read_amc
from tests.skeleton.readers.mutation import damaged

GOOD = amc(amc_frame(1), amc_frame(2, lhumerus="3 4 5"), amc_frame(3))


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
        read_amc(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("frame", [2, 64, 65, 66, 130, 199])
@pytest.mark.parametrize(
    ("old", "new", "below", "message"),
    [
        ("ltibia 0\n", "ltibia x\n", 3, "'x' is not a number"),
        ("ltibia 0\n", "ltibia nan\n", 3, "'nan' is no length or angle"),
        ("ltibia 0\n", "ltibia\n0\n", 3, "1 numbers are expected, but there are 0"),
        ("ltibia 0\n", "", 6, "ends without the bone ltibia"),
        ("ltibia 0\n", "lfemur 0 0 0\n", 3, "gives the bone 'lfemur' twice"),
        ("lradius 0\n", "lradius 0 7\n", 6, "1 numbers are expected, but there are 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_deep_in_a_long_movement_is_said_with_its_line(
    frame: int, old: str, new: str, below: int, message: str
) -> None:
    frames = [amc_frame(i) for i in range(1, 201)]
    frames[frame - 1] = frames[frame - 1].replace(old, new)
    line = 4 + 7 * (frame - 1) + below
    with pytest.raises(UnreadableClip, match=rf"^line {line}: .*{message}"):
        read_amc(amc(*frames))


def test_a_long_line_deep_in_a_long_movement_is_refused_and_takes_no_memory() -> None:
    frames = [amc_frame(i) for i in range(1, 201)]
    padded = frames[:]
    padded[99] = padded[99].replace("ltibia 0", "ltibia 0" + " " * 20_000)
    with pytest.raises(UnreadableClip, match=r"^line 700: it has 200\d\d characters"):
        read_amc(amc(*padded))
    lines = amc(*frames[:3]) + ("root" + " aa" * 40_000 + "\n") * 100
    with peak_memory() as peak, pytest.raises(UnreadableClip):
        read_amc(lines)
    assert peak.bytes < 8 * len(lines)  # of which the text takes 6


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
        read_amc(GOOD, ASF.replace(old, new, 1))
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
        read_amc(GOOD, change(ASF))  # type: ignore[operator]


def test_each_of_the_two_files_alone_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableClip, match=r"needs its skeleton.*`skeleton`.*--skeleton"):
        read_amc(GOOD, None)
    with pytest.raises(UnreadableClip, match=r"this is an ASF file.*`motion`"):
        read_amc(ASF, None)
    with pytest.raises(UnreadableClip, match=r"this is an ASF file"):
        read_amc(ASF, GOOD)
    with pytest.raises(UnreadableClip, match=r"the skeleton is an AMC file"):
        read_amc(GOOD, GOOD)


def test_no_frame_is_unusable() -> None:
    for text in ("", ":degrees\n"):
        with pytest.raises(UnusableClip, match="no frame of movement"):
            read_amc(text)


def test_unknown_bones_are_unusable() -> None:
    skeleton, motion = ASF, GOOD
    for i, name in enumerate(("lhipjoint", "lfemur", "ltibia", "lhumerus", "lradius", "thorax")):
        skeleton, motion = skeleton.replace(name, f"b{i}"), motion.replace(name, f"b{i}")
    with pytest.raises(UnusableClip, match="joints have names that are known"):
        read_amc(motion, skeleton)


def test_a_long_chain_of_bones_is_refused() -> None:
    names = [f"b{i}" for i in range(900)]
    text = ":bonedata\n" + "".join(bone(name, "0 1 0", 1) for name in names)
    text += ":hierarchy\nroot b0\n" + "".join(f"{a} {b}\n" for a, b in pairwise(names))
    with pytest.raises(UnusableClip, match="hang on each other"):
        read_amc(GOOD, text)


def test_damage_is_refused_or_read_and_never_more() -> None:
    moving, bones = GOOD.encode(), ASF.encode()
    cases = [Source(data, skeleton=bones) for data in damaged([moving], 1, 1200)]
    cases += [Source(moving, skeleton=data) for data in damaged([bones], 2, 1200)]
    outcomes = endures("amc", cases)
    assert outcomes["read"] > 100
    assert outcomes["refused"] > 500
