"""UTD-MHAD .mat: the array is found and read, and bytes that nobody vouches for do no harm."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest

from skeleton import Archive, UnreadableClip, UnusableClip
from skeleton.errors import NothingToSee
from skeleton.readers import find_format, read_path
from skeleton.readers.utd_mhad import LAYOUT
from tests.skeleton.readers.endurance import endures, peak_memory
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.sensor_files import clip_of, good_files, mat, performed, read
from training.data_folder import archive_path, data_folder

BOW = performed("bow", speed=2, layout=LAYOUT)
ARRAY = BOW.transpose(1, 2, 0)  # (20, 3, T)
PLAIN = mat({"d_skel": ARRAY}, do_compression=False)
PACKED = mat({"d_skel": ARRAY})


@pytest.mark.real_data
def test_a_file_of_the_set_equals_its_clip_in_the_archive() -> None:
    archive = Archive.open(archive_path("utdmhad"))
    expected = archive.clip(archive.clip_names.index("a1_s1_t1_skeleton"))
    clip = read_path(data_folder() / "originals" / "utdmhad_a1_s1_t1_skeleton.mat").clip()
    assert clip.layout.joints == expected.layout.joints
    assert (clip.fps, clip.warnings) == (30, ())
    # The archive's integers are steps of a quarter of a millimetre.
    np.testing.assert_allclose(clip.joints, expected.joints, rtol=0, atol=archive.scale * 0.51)


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "packed"])
def test_the_array_comes_out_as_it_was_written(data: bytes) -> None:
    clip = clip_of(data)
    assert (clip.layout, clip.fps) == (LAYOUT, 30)
    np.testing.assert_allclose(clip.joints[:, 0], BOW, atol=1e-6)


@pytest.mark.parametrize("kind", ["f4", "f8", "i2", "i4", "i8", "u2"])
def test_numbers_of_every_type_are_read(kind: str) -> None:
    counts = np.arange(20 * 3 * 4).reshape(20, 3, 4).astype(kind)
    found = read("mat", mat({"d_skel": counts}))
    np.testing.assert_allclose(found.joints[1:], counts.transpose(2, 0, 1)[1:] / 1000, rtol=1e-6)
    assert found.remarks[0].startswith("units:")


def test_a_file_of_a_big_endian_machine_is_read() -> None:
    """Written by hand: scipy writes in the machine's own order."""
    content = ARRAY.astype(">f8").tobytes(order="F")
    parts = (
        struct.pack(">IIII", 6, 8, 6, 0)
        + struct.pack(">IIiiiI", 5, 12, *ARRAY.shape, 0)
        + struct.pack(">II8s", 1, 6, b"d_skel")
        + struct.pack(">II", 9, len(content))
        + content
    )
    head = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(">H", 0x0100) + b"MI"
    data = head + struct.pack(">II", 14, len(parts)) + parts
    np.testing.assert_allclose(clip_of(data).joints[:, 0], BOW, atol=1e-6)


def test_another_name_will_do_where_one_array_fits() -> None:
    others = {"fps": 30.0, "name": "wave", "accel": np.ones((9, 3)), "cell": {"a": 1}}
    found = read("mat", mat({**others, "skel": ARRAY}))
    np.testing.assert_allclose(found.joints, BOW, atol=1e-6)


def test_the_usual_name_decides_where_several_arrays_fit() -> None:
    found = read("mat", mat({"a": ARRAY + 1, "d_skel": ARRAY, "z": ARRAY + 2}))
    np.testing.assert_allclose(found.joints, BOW, atol=1e-6)


def test_where_no_array_fits_or_several_do_the_message_lists_what_is_there() -> None:
    with pytest.raises(UnusableClip, match=r"no array of shape \(20, 3, frames\).*'d_iner' \(9, 6"):
        read("mat", mat({"d_iner": np.ones((9, 6))}))
    with pytest.raises(UnusableClip, match="2 arrays, and none alone called d_skel"):
        read("mat", mat({"a": ARRAY, "b": ARRAY}))
    with pytest.raises(UnusableClip, match="no real numbers"):
        read("mat", mat({"d_skel": ARRAY + 1j}))


def test_a_joint_in_the_origin_or_nan_is_unseen() -> None:
    array = ARRAY.copy()
    array[3, :, 2] = 0
    array[4, :, 2] = np.nan
    found = read("mat", mat({"d_skel": array}))
    assert np.argwhere(np.isnan(found.joints).any(axis=-1)).tolist() == [[2, 3], [2, 4]]


def test_no_frame_says_so() -> None:
    with pytest.raises(NothingToSee, match="no frame"):
        read("mat", mat({"d_skel": np.ones((20, 3, 0))}, do_compression=False))


def claiming(frames: int) -> bytes:
    """A file whose array claims to have so many frames."""
    return PLAIN[:168] + struct.pack("<I", frames) + PLAIN[172:]


def packed(element: bytes) -> bytes:
    content = zlib.compress(element, 9)
    return PLAIN[:128] + struct.pack("<II", 15, len(content)) + content


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "does not begin as a MATLAB 5 file"),
        (b"hello" * 100, "does not begin as a MATLAB 5 file"),
        (b"MATLAB 7.3 MAT-file" + b" " * 500, "MATLAB 7.3.*-v7"),
        (b" " * 512 + b"\x89HDF\r\n\x1a\n", "MATLAB 7.3.*-v7"),
        (mat({"d_skel": np.ones((20, 3))}, format="4", do_compression=False), "MATLAB 4.*-v7"),
        (PLAIN[:-9], "byte 128: a variable of .* the file is cut short"),
        (PLAIN[:132], "byte 128: the file ends within a tag"),
        (PLAIN[:128] + struct.pack("<II", 1, 0) * 1000, "more than 256 variables"),
        (claiming(2**31 - 1), "claims 128849018820 numbers, and 6000000 are read"),
        (claiming(100_000), "'d_skel' is damaged: of its 48000000 bytes of numbers"),
        (PACKED[:140] + bytes(40) + PACKED[180:], "byte 128: what is compressed there is damaged"),
        (packed(PLAIN[128:600]), "'d_skel' is damaged"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_malformed_is_refused_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says) as refusal:
        read("mat", data)
    assert len(str(refusal.value)) < 300


def test_a_damaged_type_is_refused_where_scipys_reader_ends_the_process() -> None:
    at = PLAIN.index(struct.pack("<II", 9, ARRAY.size * 8))
    with pytest.raises(UnreadableClip, match="damaged"):
        read("mat", PLAIN[:at] + b"\x19" + PLAIN[at + 1 :])


@pytest.mark.parametrize(
    "data",
    [packed(PLAIN[128:] + bytes(10**8)), packed(claiming(60_000)[128:] + bytes(10**8))],
    ids=["behind the array", "as the array"],
)
def test_a_bomb_is_not_unpacked(data: bytes) -> None:
    with peak_memory() as peak, suppress(UnreadableClip):
        read("mat", data)
    assert peak.bytes < 70_000_000  # what 60 000 frames take; the bomb would take 100 MB and more


def test_bytes_tell_the_format() -> None:
    assert find_format(None, PACKED).name == "mat"


def test_no_damage_makes_it_fail_otherwise_than_by_a_refusal() -> None:
    outcomes = endures("mat", damaged(good_files()["mat"], seed=3, cases=20_000))
    assert min(outcomes.values()) > 100
