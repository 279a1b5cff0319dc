"""Contract 1, the clip: what the project understands, and the recording it came from (ours)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.axes import parse_axes
from skeleton.errors import BadShape, FlatData, NothingToSee
from skeleton.flat_data import refuse_flat_data
from skeleton.layouts import LAYOUTS, Layout
from skeleton.persons import somebody

DEFAULT_FPS = 30.0
#: Coordinates beyond this many metres are no body; squared, they would leave float32.
LARGEST_COORDINATE = 1e6
#: An hour at 27 frames a second: far more than one action, and little enough for any memory.
MOST_FRAMES = 100_000


@dataclass(frozen=True, eq=False)
class Clip:
    """Skeletons over time.

    `joints` is float32 `(T, M, V, 3)`: frames, persons, joints of `layout`, metres, right-handed,
    y up, NaN where a joint was not seen. `fps` is frames per second. `warnings` are remarks made
    while reading, `code: what it means`.
    """

    joints: NDArray[np.float32]
    layout: Layout
    fps: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Recording:
    """A clip as it was received: in the source's layout and axes, nothing mapped or cleaned.

    `joints` is float32 `(T, M, V, 3)`; `fps` is None where the source did not say; `person`
    is the caller's choice among several persons; `remarks` are what reading the file gave rise
    to, `code: what it means`. It is what the store keeps (but for the remarks), so that a later
    model or a later preparation can start from the original.
    """

    joints: NDArray[np.float32]
    layout: Layout
    axes: str
    fps: float | None = None
    person: int | None = None
    remarks: tuple[str, ...] = ()

    def clip(self, *, flat: bool = False) -> Clip:
        """Return the clip in the project's axes. `flat` lets two-dimensional movement through,
        for training on sets that have no other.

        Raises `FlatData` for two-dimensional movement, points of a picture among it;
        `NothingToSee` when no joint was seen.
        """
        warnings = self.remarks
        fps = self.fps
        if fps is None:
            fps = DEFAULT_FPS
            warnings = (*warnings, "fps_missing: no frame rate was given, 30 is assumed")
        joints = _without_empty_persons(parse_axes(self.axes).apply(self.joints))
        if not flat:
            refuse_flat_data(joints, self.joints, self.layout, self.axes)
        return Clip(joints, self.layout, fps, warnings)


def record(
    joints: NDArray[np.generic],
    layout: Layout,
    *,
    fps: float | None = None,
    axes: str | None = None,
    person: int | None = None,
    remarks: tuple[str, ...] = (),
) -> Recording:
    """Make a recording of a raw array `(T, V, 3)` or `(T, M, V, 3)` of numbers.

    `axes` is the layout's own unless given. Raises `BadShape`, `FlatData`, `UnknownAxes`.
    """
    array = np.asarray(joints)
    if array.dtype.kind not in "fiu":
        raise BadShape(f"joints must be numbers, not {array.dtype}")
    if array.ndim == 3:
        array = array[:, None]
    if array.ndim != 4:
        raise BadShape(
            f"joints must be (T, V, 3) or (T, M, V, 3), not {_shape(joints)}"
            f"{_how_to_reshape(array, layout)}"
        )
    if 0 in array.shape:
        raise BadShape(f"joints of shape {_shape(joints)} hold nothing: a clip needs a frame")
    refuse_length(len(array))
    if array.shape[2] != len(layout):
        raise BadShape(
            f"joints of shape {_shape(joints)} have {array.shape[2]} joints, "
            f"but the layout {layout.name} has {len(layout)}"
        )
    if array.shape[3] == 2:
        raise FlatData(
            "the coordinates are two-dimensional; a 3D skeleton is needed, because movement "
            "towards the camera cannot be told from x and y alone"
        )
    if array.shape[3] != 3:
        raise BadShape(f"a joint needs x, y and z, but the last axis has {array.shape[3]}")
    if fps is not None and not 1 <= fps <= 1000:
        raise BadShape(f"fps must lie between 1 and 1000, not {fps:g}")
    axes = layout.axes if axes is None else axes
    parse_axes(axes)
    with np.errstate(over="ignore"):
        # A copy of our own: the caller's bytes may be a view into a request.
        values = np.array(array, dtype=np.float32, order="C")
    # fmax, because NaN beside it must not hide a coordinate that is no body's.
    if np.fmax.reduce(np.abs(values), axis=None) > LARGEST_COORDINATE:
        raise BadShape(f"a coordinate is infinite or beyond {LARGEST_COORDINATE:g} metres")
    return Recording(values, layout, axes, fps, person, remarks)


def refuse_length(frames: int) -> None:
    """Raise `BadShape` for more frames than are read; readers ask before they parse them all."""
    if frames > MOST_FRAMES:
        raise BadShape(
            f"the clip has {frames} frames, and {MOST_FRAMES} are read at most: a clip is one "
            "action, cut it so"
        )


def _how_to_reshape(array: NDArray[np.generic], layout: Layout) -> str:
    """The end of a message about a row of coordinates a frame; empty where it is none."""
    if array.ndim != 2 or array.shape[1] % 3:
        return ""
    joints = array.shape[1] // 3
    known = joints == len(layout) or any(joints == len(other) for other in LAYOUTS.values())
    return f"; reshape to (T, {joints}, 3)" if known else ""


def _shape(joints: NDArray[np.generic]) -> str:
    return "(" + ", ".join(str(n) for n in np.shape(joints)) + ")"


def _without_empty_persons(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blank the frames in which a person is nobody."""
    one = joints[:, :, 0, 1]  # (T, M)
    if (one * one > 0).all():
        # The usual clip: in every frame one coordinate alone shows that the person is there.
        return joints
    absent = ~somebody(joints)  # (T, M)
    if absent.any():
        joints = joints.copy()
        joints[absent] = np.nan
        if absent.all():
            raise NothingToSee("no joint was seen in any frame: all are zero, null or NaN")
    return joints
