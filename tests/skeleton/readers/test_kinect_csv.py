"""Kinect CSV: whatever the columns are called, joints, times, units and what was not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive, UnreadableClip, UnusableClip
from skeleton.errors import FlatData, NothingToSee, UnknownJoint
from skeleton.readers import FORMATS, Source, find_format, read_path, read_source
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.sensor_files import clip_of, csv, good_files, performed, read
from training.data_folder import archive_path, data_folder

KICK = performed("kick", speed=2, layout="kinect_v1")
#: Kinect's own names of the 20 joints.
NAMES = [
    *("HipCenter", "Spine", "ShoulderCenter", "Head"),
    *("ShoulderLeft", "ElbowLeft", "WristLeft", "HandLeft"),
    *("ShoulderRight", "ElbowRight", "WristRight", "HandRight"),
    *("HipLeft", "KneeLeft", "AnkleLeft", "FootLeft"),
    *("HipRight", "KneeRight", "AnkleRight", "FootRight"),
]
FRAMES = len(KICK)


def even(step: float, start: float = 1000.0) -> list[float]:
    return [start + step * i for i in range(FRAMES)]


@pytest.mark.real_data
def test_a_file_of_kinder_gator_equals_its_clip_in_the_archive() -> None:
    """The archive, too, brought the uneven milliseconds to 30 frames a second linearly."""
    archive = Archive.open(archive_path("kindergator"))
    name = "POSE-p565_03-Wave-your-hand-1469182439786"
    expected = archive.clip(archive.clip_names.index(name))
    path = data_folder() / "originals" / "kindergator_p565_03_wave_your_hand.csv"
    clip = read_path(path).clip()
    assert (clip.layout.name, clip.fps) == ("kinect_v1", 30)
    assert clip.layout.joints == expected.layout.joints
    assert [warning.partition(":")[0] for warning in clip.warnings] == ["resampled"]
    # The archive's integers are steps of a quarter of a millimetre.
    np.testing.assert_allclose(clip.joints, expected.joints, rtol=0, atol=archive.scale * 0.51)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("names", "pattern", "axes"),
    [
        (NAMES, "{joint}{axis}", "XYZ"),
        (NAMES, "{joint}.{axis}", "XYZ"),
        (NAMES, "{axis}_{joint}", "xyz"),
        (NAMES, "JointType_{joint}_Position_{axis} (m)", "xyz"),
        (NAMES, '"{joint} {axis}"', "xyz"),
        (LAYOUTS["kinect_v1"].joints, "{joint}_{axis}", "xyz"),
        ([name.replace("_", " ").title() for name in LAYOUTS["kinect_v1"].joints],
         "{joint} {axis}", "XYZ"),
    ],
    ids=["HipCenterX", "HipCenter.X", "x_HipCenter", "JointType", "quoted", "left_elbow_x",
         "Left Elbow X"],
)  # fmt: skip
def test_a_header_is_understood_however_it_is_spelled(
    names: list[str], pattern: str, axes: str, delimiter: str
) -> None:
    clip = clip_of(csv(names, KICK, pattern=pattern, axes=axes, delimiter=delimiter))
    assert clip.layout == LAYOUTS["kinect_v1"]
    np.testing.assert_allclose(clip.joints[:, 0], KICK, atol=1e-6)


def test_joints_in_an_order_of_their_own_keep_it() -> None:
    order = [3, 0, 7, 2, 1]
    found = read("csv", csv([NAMES[i] for i in order], KICK[:, order]))
    assert found.layout.joints == tuple(LAYOUTS["kinect_v1"].joints[i] for i in order)
    np.testing.assert_allclose(found.joints, KICK[:, order], atol=1e-6)


def test_the_neck_of_a_second_kinect_is_above_its_shoulders() -> None:
    found = read("csv", csv(["SpineBase", "Neck", "SpineShoulder", "Head"], KICK[:, :4]))
    assert found.layout.joints == ("pelvis", "neck_top", "neck", "head")


def test_other_columns_do_not_matter() -> None:
    extra = {"Action": ["wave; hand"] * FRAMES, "HeadDepthX": [7] * FRAMES, "": [""] * FRAMES}
    found = read("csv", csv(NAMES, KICK, extra=extra))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)
    assert found.remarks == ()


def test_unknown_joints_and_halves_of_joints_are_left_out_and_named() -> None:
    data = csv([*NAMES, "Tail"], np.concatenate([KICK, KICK[:, :1]], axis=1))
    head, _, rows = data.partition(b"\n")
    found = read("csv", head.replace(b"FootRightZ", b"other") + b"\n" + rows)
    assert found.joints.shape[1] == 19
    assert found.remarks == (
        "joints_left_out: not all of x, y and z have a column: 'foot_right'",
        "joints_left_out: no known joints: 'tail'",
    )


def test_a_joint_that_has_two_columns_is_refused() -> None:
    with pytest.raises(UnknownJoint, match="a second time"):
        read("csv", csv(["HipCenter", "SpineBase", "Head"], KICK[:, :3]))


@pytest.mark.parametrize("nothing", ["", " ", "NaN", "null", "N/A", "-", "None"])
def test_what_stands_for_nothing_is_unseen(nothing: str) -> None:
    rows = csv(NAMES, KICK).decode().splitlines()
    cells = rows[5].split(",")
    cells[9:12] = [nothing] * 3
    rows[5] = ",".join(cells)
    found = read("csv", "\n".join(rows).encode())
    assert np.argwhere(np.isnan(found.joints).any(axis=-1)).tolist() == [[4, 3]]


def test_a_joint_in_the_origin_is_unseen() -> None:
    joints = KICK.copy()
    joints[2, 7] = 0
    found = read("csv", csv(NAMES, joints))
    assert np.argwhere(np.isnan(found.joints).any(axis=-1)).tolist() == [[2, 7]]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("HeadTrackingState", [2, 1, 0]),
        ("Head_State", ["Tracked", "Inferred", "NotTracked"]),
        ("head confidence", [1.0, 0.5, 0.0]),
        ("Head_visibility", [0.99, 0.51, 0.4]),
        ("Head_Tracked", ["True", "true", "False"]),
        ("TrackingState_Head", ["Tracked", "Inferred", "Not Tracked"]),
        ("HeadConfidenceLevel", ["Medium", "Low", "None"]),
        ("head_confidence_level", [2, 1, 0]),
    ],
)
def test_a_joint_that_was_not_tracked_is_unseen(column: str, values: list[Any]) -> None:
    states = [values[i % 3] for i in range(FRAMES)]
    found = read("csv", csv(NAMES, KICK, extra={column: states}))
    unseen = np.isnan(found.joints).any(axis=-1)
    assert unseen[:, 3].tolist() == [i % 3 == 2 for i in range(FRAMES)]
    assert unseen.sum() == unseen[:, 3].sum()


def test_a_word_for_a_state_is_no_coordinate() -> None:
    rows = csv(NAMES, KICK).decode().splitlines()
    cells = rows[5].split(",")
    cells[9] = "Tracked"
    rows[5] = ",".join(cells)
    with pytest.raises(UnreadableClip, match="line 6: 'Tracked' is not a number"):
        read("csv", "\n".join(rows).encode())


def test_a_state_in_unknown_words_does_not_count_and_is_said() -> None:
    found = read("csv", csv(NAMES, KICK, extra={"HeadTrackingState": ["good", "bad"] * 999}))
    assert np.isfinite(found.joints).all()
    (remark,) = found.remarks
    assert remark.startswith("states:")
    assert remark.endswith("count: 'head'")


@pytest.mark.parametrize(("factor", "unit"), [(1000, "millimetres"), (100, "centimetres")], ids=str)
def test_other_units_become_metres_and_are_reported(factor: int, unit: str) -> None:
    found = read("csv", csv(NAMES, KICK * factor))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-3)
    assert [remark.startswith("units: ") and unit in remark for remark in found.remarks] == [True]


def test_decimal_commas_are_understood() -> None:
    data = csv(NAMES, KICK, delimiter=";").replace(b".", b",")
    np.testing.assert_allclose(read("csv", data).joints, KICK, atol=1e-6)


def test_a_file_of_a_spreadsheet_is_understood() -> None:
    data = csv(NAMES, KICK, delimiter="\t").decode().replace("\n", "\r\n")
    for encoding in ("utf-16", "utf-8-sig"):
        np.testing.assert_allclose(read("csv", data.encode(encoding)).joints, KICK, atol=1e-6)


@pytest.mark.parametrize(
    ("times", "fps"),
    [
        (even(1 / 30), 30),
        (even(1000 / 25), 25),
        (even(333_333), 30),
        (even(10_000_000 / 15), 15),
        (even(66_666), 15),
        (even(1 / 60, 1469182439.0), 60),
    ],
    ids=["s", "ms", "ticks", "ticks at 15", "µs", "unix"],
)
def test_the_timestamps_tell_the_frame_rate(times: list[float], fps: float) -> None:
    found = read("csv", csv(NAMES, KICK, times=times))
    assert found.fps == pytest.approx(fps, rel=1e-3)
    assert found.remarks == ()
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)


def test_the_unit_in_the_columns_name_is_believed() -> None:
    data = csv(NAMES, KICK, times=even(200)).replace(b"Timestamp", b"time (ms)")
    assert read("csv", data).fps == pytest.approx(5)


def test_without_timestamps_the_frame_rate_is_not_known() -> None:
    assert read("csv", csv(NAMES, KICK)).fps is None


def test_uneven_frames_are_brought_to_an_even_rate() -> None:
    """Joints that move evenly in time do so afterwards, whenever the frames were taken."""
    seconds = np.cumsum(np.random.default_rng(0).uniform(0.02, 0.046, 60))
    line = KICK[:1] + seconds[:, None, None]
    found = read("csv", csv(NAMES, line, times=(seconds * 1000).tolist()))
    assert found.fps is not None
    assert found.fps == int(found.fps)
    expected = KICK[:1] + seconds[0] + np.arange(len(found.joints))[:, None, None] / found.fps
    np.testing.assert_allclose(found.joints, expected, atol=1e-5)
    assert abs(len(found.joints) / found.fps - (seconds[-1] - seconds[0])) < 0.1
    assert found.remarks[0].startswith("resampled: the frames are 2")


def test_a_long_gap_between_frames_is_unseen_and_a_short_one_bridged() -> None:
    for lost, unseen in ((12, True), (3, False)):
        times = np.arange(FRAMES) / 30
        times[FRAMES // 2 :] += lost / 30
        found = read("csv", csv(NAMES, KICK, times=times.tolist()))
        assert len(found.joints) == FRAMES + lost
        middle = found.joints[FRAMES // 2 + 1 : FRAMES // 2 + lost - 2]
        assert np.isnan(middle).any() == unseen
        np.testing.assert_allclose(found.joints[: FRAMES // 2], KICK[: FRAMES // 2], atol=1e-5)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ([7.0] * FRAMES, "do not increase"),
        ([float(-i) for i in range(FRAMES)], "do not increase"),
        ([*even(33)[:-3], 0.0, 1.0, 2.0], "1 do not increase; the frames were taken to be even"),
        ([*even(33)[:-1], float("nan")], "some are missing"),
        ([*even(33)[:-1], 1e12], "most of the time is pauses"),
        (["12:00:01"] * FRAMES, "no numbers"),
        ([1e15 * i for i in range(FRAMES)], "frames a second cannot be meant"),
    ],
    ids=["still", "backwards", "restart", "NaN", "pause", "clock", "slow"],
)
def test_timestamps_that_tell_nothing_are_reported_and_do_no_harm(
    times: list[Any], says: str
) -> None:
    found = read("csv", csv(NAMES, KICK, times=times))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)
    assert [says in remark for remark in found.remarks] == [True]


def test_of_the_rows_of_two_bodies_one_bodys_are_kept() -> None:
    joints = np.concatenate([KICK, KICK[: FRAMES // 2]])
    order = np.argsort([*range(FRAMES), *range(FRAMES // 2)], kind="stable")
    ids = np.array([72057594037944738] * FRAMES + [72057594037950000] * (FRAMES // 2))[order]
    found = read("csv", csv(NAMES, joints[order], extra={"BodyID": ids.tolist()}))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)
    assert found.remarks[0].startswith("more_bodies: the rows are of 2 bodies")


def two_bodies(*ids: object, header: str = "BodyID") -> bytes:
    """Rows of the second body a metre beside the first, an id of `ids` and so on from the first."""
    joints = np.stack([KICK, KICK + 1], axis=1).reshape(-1, *KICK.shape[1:])
    written = [ids[i % len(ids)] for i in range(len(joints))]
    return csv(NAMES, joints, extra={header: written})


@pytest.mark.parametrize(
    "ids",
    [
        (72057594037944738, 72057594037944739),
        ("7.2057594037944738e16", "7.2057594037944739e16"),
        ("ann", "bob"),
    ],
    ids=str,
)
def test_ids_that_float64_cannot_tell_apart_are_two_bodies(ids: tuple[object, ...]) -> None:
    found = read("csv", two_bodies(*ids))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)
    assert found.remarks[0].startswith("more_bodies: the rows are of 2 bodies")


def test_a_whole_number_is_one_body_however_it_is_written() -> None:
    found = read("csv", two_bodies("1", "2", "1.0", ' "2.00"'))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)
    found = read("csv", two_bodies("1", "1.0"))
    assert len(found.joints) == 2 * FRAMES
    assert found.remarks == ()


@pytest.mark.parametrize(
    "header",
    [
        "body_id",
        "SkeletonID",
        "TrackingId",
        "tracking_id",
        "BodyIndex",
        "userid",
        "id",
        "ID",
        "user",
    ],
)
def test_an_id_is_known_by_any_of_its_names(header: str) -> None:
    found = read("csv", two_bodies("1", "2", header=header))
    np.testing.assert_allclose(found.joints, KICK, atol=1e-6)


def test_a_number_of_every_row_is_no_bodys() -> None:
    for numbers in (list(range(FRAMES)), [0, 0, *range(2, FRAMES)]):
        found = read("csv", csv(NAMES, KICK, extra={"id": numbers}))
        assert len(found.joints) == FRAMES
        assert found.remarks == ()


@pytest.mark.parametrize(
    "header", ["Head_Tracking", "HeadTracking", "body tracked", "Body Frame Index"]
)
def test_what_only_sounds_like_a_body_is_none(header: str) -> None:
    states = [2] * (FRAMES - 4) + [1, 1, 0, 0]
    found = read("csv", csv(NAMES, KICK, extra={header: states}))
    assert len(found.joints) == FRAMES


def test_names_without_separators_are_known() -> None:
    names = [name.lower() for name in NAMES]
    found = read("csv", csv(names, KICK))
    assert found.layout is LAYOUTS["kinect_v1"]


@pytest.mark.parametrize("upwards", [False, True])
def test_an_azure_kinects_table_stands_in_its_own_axes_and_in_ours(upwards: bool) -> None:
    layout = LAYOUTS["azure_kinect"]
    joints = performed("wave", layout="azure_kinect")
    written = joints if upwards else joints * [1, -1, -1]
    data = csv([name.title() for name in layout.joints], 1000 * written)
    found = read_source(Source(data), FORMATS["csv"])
    np.testing.assert_allclose(found.clip().joints[:, 0], joints, atol=1e-5)
    assert any(remark.startswith("axes:") for remark in found.remarks) is not upwards


@pytest.mark.parametrize("nothing", ["", " ", "NaN", "null"])
def test_rows_without_an_id_are_no_body(nothing: str) -> None:
    alone = read("csv", two_bodies("1", nothing))
    assert len(alone.joints) == 2 * FRAMES
    assert alone.remarks == ()
    crowd = read("csv", two_bodies("1", nothing, "1", "2", "1", nothing))
    assert len(crowd.joints) == FRAMES
    assert "are of 2 bodies" in crowd.remarks[0]


def test_blank_lines_do_not_shift_the_ids() -> None:
    rows = two_bodies(72057594037944738, 72057594037944739).decode().splitlines()
    data = "\n".join([*rows[:5], "", "  ", *rows[5:], " "]).encode()
    np.testing.assert_allclose(read("csv", data).joints, KICK, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (csv(NAMES, KICK, axes="XY"), FlatData, "x and y but no z"),
        (csv(NAMES, KICK[:0]), NothingToSee, "a header but no row"),
        (b"", UnreadableClip, "line 1: the file ends, a header was expected"),
        (b"\n\n", UnreadableClip, "a header was expected"),
        (b"\n\na,b,c\n1,2,3\n", UnreadableClip, "line 3: no column names a joint"),
        (b"1,2,3\n4,5,6\n", UnreadableClip, "line 1: no column names a joint"),
        (csv(NAMES, KICK) + b"1,2,3\n", UnreadableClip, f"line {FRAMES + 2}: 3 cells, but"),
        (csv(NAMES, KICK)[:-30], UnreadableClip, f"line {FRAMES + 1}: 5[0-9] cells, but"),
        (
            csv(NAMES, KICK).replace(b"\n0", b"\nup", 1),
            UnreadableClip,
            r"line 2: 'up[.\d]*' is not a number",
        ),
        (b"headX,headY,headZ\n1,2,\n1,2_0,3\n", UnreadableClip, "line 3: '2_0' is not a number"),
        (b"headX,headY,headZ\n" + b"7" * 10_000_000, UnreadableClip, "line 2: 1 cells, but"),
        (b"headX," * 2_000_000, UnreadableClip, "line 1: 12000000 characters are no header"),
        (b"headX,headY,headZ\n1,\0,3\n", UnreadableClip, "not text: byte 21 is zero"),
        (b"headX,headY,headZ\n1,2,1e400\n", UnusableClip, "a coordinate is infinite"),
        (b"headX,headY,headZ\n" + b"1,2,3\n" * 100_001, UnusableClip, "more than 100000 rows"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_malformed_is_refused_with_the_line(
    data: bytes, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says) as refusal:
        read_source(Source(data), FORMATS["csv"])
    assert len(str(refusal.value)) < 300


def test_numbers_without_a_header_do_not_look_like_csv() -> None:
    assert find_format(None, csv(NAMES, KICK)).name == "csv"
    assert find_format(None, b"1,2,3\n" * 20, "numbers.csv").name == "csv"  # by its name alone


def test_no_damage_makes_it_fail_otherwise_than_by_a_refusal() -> None:
    good = [*good_files()["csv"], two_bodies(72057594037944738, "ann", "", "1.0")]
    outcomes = endures("csv", damaged(good, seed=3, cases=4000))
    assert min(outcomes.values()) > 100
