"""The .npy reader: what is read is exactly what was written, and only numbers are read."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeleton import LAYOUTS, UnreadableClip, UnusableClip
from skeleton.readers import FORMATS, Source, read_npy, read_source
from tests.skeleton.readers.clips import CLIPS


def npy(array: Any, **options: Any) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


@settings(deadline=None)
@given(joints=CLIPS)
def test_npy_comes_back_as_it_was_written(joints: np.ndarray) -> None:  # type: ignore[type-arg]
    for array in (
        joints,
        joints.astype(np.float64),
        joints.astype(">f4"),
        np.asfortranarray(joints),
    ):
        np.testing.assert_array_equal(read_npy(npy(array)), joints)


@pytest.mark.parametrize("dtype", ["i1", "<i2", ">i2", "i4", "i8", "u1", "u2", "u4"])
def test_whole_numbers_are_read_as_numbers(dtype: str) -> None:
    joints = np.arange(2 * 20 * 3).reshape(2, 20, 3).astype(dtype)
    array = read_npy(npy(joints))
    assert array.dtype.kind == "f"
    np.testing.assert_array_equal(array, joints.astype(float))
    read = read_source(Source(npy(joints), layout=LAYOUTS["kinect_v1"]), FORMATS["npy"])
    np.testing.assert_array_equal(read.joints[:, 0], joints.astype(float))


def test_files_read_at_the_same_moment_are_all_read() -> None:
    """A thread that is interrupted while numpy reads a header lets another in, which made Pythons
    before 3.11.8 and 3.12.2 fail; later ones pass this without the lock."""
    lengths = [*range(1, 400)] * 5
    files = [npy(np.zeros((frames, 20, 3), dtype=np.float32)) for frames in lengths]

    def interrupted(phase: str, _: object) -> None:
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.callbacks.append(interrupted)
    gc.set_threshold(20)
    try:
        with ThreadPoolExecutor(4) as threads:
            read = [len(array) for array in threads.map(read_npy, files)]
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(interrupted)
    assert read == lengths


def test_nan_and_zero_frames_pass_a_reader() -> None:
    assert np.isnan(read_npy(npy(np.full((2, 3, 3), np.nan)))).all()
    assert read_npy(npy(np.ones((0, 25, 3)))).shape == (0, 25, 3)


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 2], dtype=np.uint64),
        np.array([True]),
        np.array(["a"]),
        np.array([1j]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.zeros(3, dtype=[("x", "f4")]),
    ],
    ids=lambda array: str(array.dtype),
)
def test_npy_of_another_type_is_refused(array: Any) -> None:
    with pytest.raises(UnreadableClip, match="save float32"):
        read_npy(npy(array))


def test_a_pickle_is_never_loaded() -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return pytest.fail, ("a pickle was loaded",)

    data = npy(np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableClip, match="object arrays"):
        read_npy(data)


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_bytes_of_any_form_are_refused_and_never_more(data: bytes) -> None:
    for body in (data, b"\x93NUMPY\x01\x00" + data, b"\x93NUMPY\x02\x00" + data):
        try:
            read_npy(body)
        except UnreadableClip as error:
            assert str(error)  # noqa: PT017


def test_a_file_needs_the_callers_layout_and_takes_it() -> None:
    data = npy(np.ones((4, 20, 3), dtype=np.float32))
    with pytest.raises(UnusableClip, match=r"layout: .*give layout=, one of kinect_v2"):
        read_source(Source(data), FORMATS["npy"])
    recording = read_source(Source(data, layout=LAYOUTS["kinect_v1"]), FORMATS["npy"], fps=25)
    assert (recording.layout.name, recording.joints.shape) == ("kinect_v1", (4, 1, 20, 3))
    assert recording.fps == 25
