"""Understanding: what comes out of a recording, however far it gets (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.axes import parse_axes
from skeleton.clip import DEFAULT_FPS, Clip, Recording
from skeleton.errors import UnusableClip
from skeleton.layouts import Layout
from skeleton.mapping import Mapping, absent_joints, mapping
from skeleton.persons import choose_person
from skeleton.preparation import Prepared, prepare

_WAYS = (("right", "left"), ("up", "down"), ("to you", "away"))


@dataclass(frozen=True, eq=False)
class Understanding:
    """A recording, and what it became on its way to a model of a layout and number of frames.

    `clip` and `prepared` are None from the step on that could not be taken; `reason` then says
    why. `persons` are the indexes of those that were seen; `person` is the one that is used, None
    where that is not known.
    """

    recording: Recording
    layout: Layout
    clip: Clip | None
    prepared: Prepared | None
    persons: tuple[int, ...]
    person: int | None
    reason: str | None

    @property
    def fps(self) -> float:
        """Frames per second, the assumed ones where the recording has none."""
        return self.recording.fps or DEFAULT_FPS

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return len(self.recording.joints) / self.fps

    @property
    def warnings(self) -> tuple[str, ...]:
        """`code: what it means`, as far as the recording got."""
        if self.prepared is not None:
            return self.prepared.quality.warnings
        return self.recording.remarks if self.clip is None else self.clip.warnings

    @property
    def mapping(self) -> Mapping:
        """Where the model's joints come from."""
        if self.clip is None or self.person is None:
            return mapping(self.recording.layout, self.layout)
        without = absent_joints(self.clip.joints[:, self.person], self.clip.layout)
        return mapping(self.clip.layout, self.layout, without)

    @property
    def never_seen(self) -> tuple[str, ...]:
        """The model's joints that the layout tells, the data never shows, and no other replaces."""
        lacking = mapping(self.recording.layout, self.layout).missing
        return tuple(joint for joint in self.mapping.missing if joint not in lacking)

    @property
    def directions(self) -> str:
        """Where the data's own axes point, in words: `x right, y up, z to you`."""
        axes = parse_axes(self.recording.axes)
        ways = {
            "xyz"[column]: way[sign < 0]
            for column, sign, way in zip(axes.columns, axes.signs, _WAYS, strict=True)
        }
        return ", ".join(f"{name} {ways[name]}" for name in "xyz")

    def received(self, frames: NDArray[np.intp], persons: Sequence[int]) -> NDArray[np.float64]:
        """Joints `(len(frames), len(persons), V, 3)` in the axes that were understood; NaN where
        one is absent, which trackers also write as a body of zeros."""
        theirs = self.recording.joints[frames][:, list(persons)]
        joints = np.array(parse_axes(self.recording.axes).apply(theirs), dtype=np.float64)
        unseen = ~np.isfinite(joints).all(axis=-1)  # (K, M, V)
        unseen |= ~(np.nan_to_num(joints) != 0).any(axis=(2, 3))[..., None]
        joints[unseen] = np.nan
        return joints


def understand(recording: Recording, layout: Layout, frames: int) -> Understanding:
    """Take a recording as far as it gets towards a model's `(frames, V, 3)`. Never raises for a
    clip that the model must refuse."""
    clip = prepared = person = reason = None
    try:
        clip = recording.clip()
        person, _ = choose_person(clip.joints, recording.person)
        prepared = prepare(clip, layout, frames, person=recording.person)
    except UnusableClip as error:
        reason = str(error)
    return Understanding(
        recording, layout, clip, prepared, _present(recording.joints), person, reason
    )


def _present(joints: NDArray[np.float32]) -> tuple[int, ...]:
    there = (np.isfinite(joints) & (joints != 0)).any(axis=(0, 2, 3))
    return tuple(int(person) for person in np.flatnonzero(there))
