"""The .npz reader: one clip with all it says of itself, and nothing unpacked that is too large."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive, Recording, UnreadableClip, UnusableClip, custom_layout
from skeleton.animator import animate
from skeleton.archive import UNSEEN
from skeleton.readers import FORMATS, Source, read_source
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from training.data_folder import archive_path

JOINTS = animate("wave", layout="kinect_v1").joints[:8, 0]
NAMES = LAYOUTS["kinect_v1"].joints


def npz(compressed: bool = True, **arrays: Any) -> bytes:
    buffer = BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def read(data: bytes, layout: str | None = None, **options: Any) -> Recording:
    given = None if layout is None else LAYOUTS[layout]
    return read_source(Source(data, layout=given, **options), FORMATS["npz"])


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_joints_with_the_callers_layout_are_a_clip(compressed: bool, dtype: Any) -> None:
    recording = read(npz(compressed, joints=JOINTS.astype(dtype)), "kinect_v1")
    np.testing.assert_array_equal(recording.joints[:, 0], JOINTS)
    assert (recording.layout, recording.fps) == (LAYOUTS["kinect_v1"], None)


def test_several_persons_and_all_that_a_file_says_are_read() -> None:
    two = np.stack([JOINTS, JOINTS + 1], axis=1)
    recording = read(npz(joints=two, layout="kinect_v1", fps=25, axes="x,z,-y", person=1))
    np.testing.assert_array_equal(recording.joints, two)
    assert recording.layout is LAYOUTS["kinect_v1"]
    assert (recording.fps, recording.axes, recording.person) == (25, "x,z,-y", 1)


def test_joint_names_are_understood_and_their_parents_kept() -> None:
    parents = [-1, 0, 0]
    names = ["Head", "left elbow", "RightWrist"]
    recording = read(npz(joints=JOINTS[:, :3], joint_names=names, parents=parents))
    assert recording.layout.joints == ("head", "left_elbow", "right_wrist")
    assert recording.layout.parents == (-1, 0, 0)


def test_a_known_layout_keeps_its_axes_whatever_its_parents() -> None:
    known = LAYOUTS["mediapipe"]
    joints = animate("wave", layout="mediapipe").joints[:8, 0]
    arrays = {"joints": joints, "layout": "mediapipe", "joint_names": known.joints}
    parents = [*known.parents[:-1], 0]
    assert parents[-1] != known.parents[-1]
    for told in (read(npz(**arrays, parents=parents)), read(npz(**arrays, parents=known.parents))):
        assert told.axes == known.axes != "x,y,z"
    assert read(npz(**arrays, parents=parents, axes="x,z,-y")).axes == "x,z,-y"


def test_the_layout_may_be_the_joints_names_separated_by_commas() -> None:
    """As wherever a layout is named, and in the joints' common spellings."""
    told = read(npz(joints=JOINTS, layout=",".join(NAMES), axes="x,z,-y"))
    assert (told.layout.joints, told.axes) == (LAYOUTS["kinect_v1"].joints, "x,z,-y")
    three = read(npz(joints=JOINTS[:, :3], layout="Head, left elbow,RightWrist"))
    assert three.layout.joints == ("head", "left_elbow", "right_wrist")


def test_the_callers_own_layouts_are_known_by_name() -> None:
    own = custom_layout(["head", "left_elbow", "right_wrist"], name="mine", axes="x,z,-y")
    data = npz(joints=JOINTS[:, :3], layout="mine", joint_names=own.joints)
    recording = read(data, layouts={"mine": own})
    assert (recording.layout, recording.axes) == (own, "x,z,-y")
    elsewhere = read(data)
    assert (elsewhere.layout.name, elsewhere.layout.joints) == ("mine", own.joints)


def test_the_only_array_of_a_file_is_the_joints_whatever_its_name() -> None:
    buffer = BytesIO()
    np.savez(buffer, JOINTS)
    np.testing.assert_array_equal(read(buffer.getvalue(), "kinect_v1").joints[:, 0], JOINTS)


def archive(clips: int = 1, **changes: Any) -> bytes:
    """A file in the form of the uniform archives."""
    stored = np.round(JOINTS * 1000).astype(np.int16)
    arrays = {
        "joints": np.concatenate([stored] * clips),
        "scale": np.float32(0.001),
        "offsets": np.arange(clips + 1) * len(stored),
        "label": np.zeros(clips, dtype=np.int32),
        "joint_names": np.array(NAMES),
        "fps": np.float32(30),
        "text": np.array(["extra"] * clips),
    }
    return npz(**{name: value for name, value in (arrays | changes).items() if value is not None})


def test_an_archive_of_one_clip_is_that_clip() -> None:
    recording = read(archive())
    np.testing.assert_allclose(recording.joints[:, 0], JOINTS, atol=0.0006)
    assert (recording.layout.joints, recording.fps, recording.axes) == (NAMES, 30, "x,y,z")


def test_what_was_not_seen_in_an_archive_of_several_persons_is_unseen(tmp_path: Path) -> None:
    stored = np.round(np.stack([JOINTS, JOINTS + 1], axis=1) * 1000).astype(np.int16)
    stored[2, 0, 4] = stored[5:, 1] = UNSEEN
    names = {"subject": np.zeros(1, dtype=np.int32), "label_names": np.array(["wave"])}
    data = archive(joints=stored, **names)
    (tmp_path / "one.npz").write_bytes(data)
    read_so = read(data).joints
    assert read_so.dtype == np.float32
    np.testing.assert_array_equal(read_so, Archive.open(tmp_path / "one.npz").clip(0).joints)
    np.testing.assert_array_equal(np.isnan(read_so), stored == UNSEEN)
    # Of one person every number is a place.
    assert not np.isnan(read(archive(joints=stored[:, 1])).joints).any()


def test_of_an_archive_of_more_clips_it_is_said_how_many() -> None:
    with pytest.raises(UnusableClip, match=r"holds 5 clips; one clip a file is needed"):
        read(archive(5))
    with pytest.raises(UnusableClip, match="0 clips"):
        read(archive(offsets=np.array([0])))


@pytest.mark.real_data
def test_one_clip_of_a_real_archive_is_read_as_the_archive_gives_it() -> None:
    path = archive_path("msraction3d")
    opened = Archive.open(path)
    start, stop = opened.offsets[3:5]
    arrays = dict(np.load(path))
    one = npz(**(arrays | {"joints": opened.stored[start:stop], "offsets": [0, stop - start]}))
    np.testing.assert_array_equal(read(one).joints, opened.clip(3).joints)
    assert read(one).layout.joints == opened.layout.joints
    with pytest.raises(UnusableClip, match=f"holds {len(opened)} clips"):
        read(path.read_bytes())


@pytest.mark.parametrize(
    ("arrays", "layout", "says"),
    [
        ({}, None, r"layout: .*give layout=, one of kinect_v2"),
        ({"layout": "kinect_v9"}, None, "'kinect_v9', which is not known"),
        ({"layout": "coco", "joint_names": NAMES}, None, "layout: .*not those of it"),
        ({"layout": "kinect_v1"}, "coco", "coco has 17 joints, but the .npz names 20"),
        (
            {"joint_names": [*NAMES[:-2], *NAMES[:-3:-1]]},
            "kinect_v1",
            "joint 19 of kinect_v1 is right_ankle, but the .npz names it right_foot",
        ),
        ({"joint_names": ["head", "tail"]}, None, "'tail', is not a known joint name"),
        ({"joint_names": ["head"]}, None, "the layout custom has 1"),
        ({"joint_names": ["head"] * 201}, None, "joint_names: .*at most 200"),
        ({"joint_names": ["h" * 101]}, None, "joint_names: .*100 characters"),
        ({"layout": "a\nb"}, None, "layout: .*control"),
        ({"layout": "head,tail"}, None, "'tail', is not a known joint name"),
        ({"layout": "head,neck"}, None, "the layout custom has 2"),
        ({"layout": "h" * 8001}, None, "layout: .*8000 characters"),
        ({"layout": ["coco", "coco"]}, None, "layout: .*one string, not 2"),
        ({"joint_names": NAMES, "parents": [-1] * 3}, None, "parents: there must be 20"),
        ({"joint_names": NAMES, "parents": [20] * 20}, None, "parents: there must be 20"),
        ({"joint_names": NAMES, "parents": [1, 0, *[-1] * 18]}, None, "circle"),
        ({"layout": "kinect_v1", "fps": [25, 30]}, None, "fps: .*one finite number"),
        ({"layout": "kinect_v1", "fps": np.nan}, None, "fps: .*one finite number"),
        ({"layout": "kinect_v1", "fps": 0.0}, None, "fps must lie between"),
        ({"layout": "kinect_v1", "axes": "x,y"}, None, "axes"),
        ({"layout": "kinect_v1", "joints": JOINTS.astype(np.int16)}, None, "no scale"),
        ({"layout": "kinect_v1", "scale": 1e300}, None, "infinite"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name(
    arrays: dict[str, Any], layout: str | None, says: str
) -> None:
    with pytest.raises(UnusableClip, match=says):
        read(npz(**({"joints": JOINTS} | arrays)), layout)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "zip file"),
        (b"PK\3\4" + b"noise" * 50, "zip file"),
        (npz(joints=JOINTS)[:-30], "zip file"),
        (npz(joints=JOINTS)[:100] + b"noise" + npz(joints=JOINTS)[105:], "array 'joints': "),
        (npz(joints=np.array(["a"])), r"array 'joints': arrays of <U1"),
        (npz(joints=JOINTS, fps=np.array("30")), r"array 'fps': arrays of <U2"),
        (npz(joints=JOINTS, joint_names=np.array(NAMES, dtype=object)), "object arrays"),
    ],
)
def test_what_is_no_npz_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says):
        read(data, "kinect_v1")


def test_a_file_without_joints_is_told_what_it_holds() -> None:
    with pytest.raises(UnusableClip, match="no array of that name, but 'poses', 'trans'"):
        read(npz(poses=JOINTS, trans=JOINTS))
    with pytest.raises(UnusableClip, match="no arrays"):
        read(npz())


def test_a_pickle_is_never_loaded() -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return pytest.fail, ("a pickle was loaded",)

    for name in ("joints", "layout"):
        with pytest.raises(UnreadableClip, match="object arrays"):
            read(npz(**({"joints": JOINTS} | {name: np.array([Trap()], object)})), "kinect_v1")


def test_what_unpacks_to_more_than_64_mib_is_refused_before_it_is_unpacked() -> None:
    bomb = npz(joints=np.zeros((17 * 2**20, 1), dtype=np.float32))
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableClip, match="more than 64 MiB"):
        read(bomb, "kinect_v1")


def test_a_directory_that_lies_about_the_size_does_not_make_it_unpack_more() -> None:
    honest = npz(joints=np.zeros((2**20, 1), dtype=np.float32))
    size = (4 * 2**20 + 128).to_bytes(4, "little")
    assert honest.count(size) >= 1
    with pytest.raises(UnreadableClip, match="array 'joints': "):
        read(honest.replace(size, (256).to_bytes(4, "little")), "kinect_v1")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_cannot_be_stopped_is_not_unpacked(method: int) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr("joints.npy", bytes(10_000))
    with pytest.raises(UnreadableClip, match="compressed in another way"):
        read(buffer.getvalue(), "kinect_v1")


def test_a_zip_of_countless_members_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number in range(1001):
            file.writestr(f"{number}.npy", b"")
    with pytest.raises(UnreadableClip, match="more than 1000 members"):
        read(buffer.getvalue(), "kinect_v1")


def test_damaged_files_are_read_or_refused_and_never_more() -> None:
    good = [
        npz(False, joints=JOINTS, layout="kinect_v1", fps=30, axes="x,y,z", person=0),
        npz(joints=JOINTS, joint_names=NAMES, parents=LAYOUTS["kinect_v1"].parents),
        archive(),
    ]
    outcomes = endures("npz", damaged(good, seed=2, cases=3000))
    assert min(outcomes.values()) > 100
