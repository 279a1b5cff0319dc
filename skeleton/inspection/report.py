"""Inspection: what was understood of a recording, told before it is used (ours)."""

from dataclasses import dataclass

from skeleton.clip import Recording
from skeleton.inspection.posture import stature, warnings_of
from skeleton.inspection.understanding import understand
from skeleton.layouts import Layout


@dataclass(frozen=True)
class Inspection:
    """What was understood of a recording.

    `joints` are those of the source `layout` in order; `axes` where its data keeps x, y and z;
    `fps` frames per second, assumed unless `fps_given`; `frames` as received. `persons` counts
    those seen, `person` is the one used. `mapped`, `derived` (from which) and `missing` name the
    model's joints by how they were had, and `never_seen` those that the layout tells, the data
    never shows and no other replaces; `seen` is the share of all that was seen, `motion` the
    greatest extent in metres any of them moves over, `height` how tall the body is in metres.
    `warnings` are `code: what it means`. Of a clip that the model must refuse `usable` is false and
    `reason` says why. None stands for what is not known.
    """

    format: str
    layout: str
    joints: tuple[str, ...]
    axes: str
    fps: float
    fps_given: bool
    frames: int
    seconds: float
    persons: int
    person: int | None
    mapped: tuple[str, ...]
    derived: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    never_seen: tuple[str, ...]
    seen: float | None
    motion: float | None
    height: float | None
    usable: bool
    reason: str | None
    warnings: tuple[str, ...]


def inspect(recording: Recording, format: str, layout: Layout, frames: int) -> Inspection:
    """Tell what is understood of a recording that came as `format`, for a model of this layout
    and number of frames. Never raises for a clip that the model must refuse."""
    found = understand(recording, layout, frames)
    joints, never_seen = found.mapping, found.never_seen
    quality = None if found.prepared is None else found.prepared.quality
    return Inspection(
        format=format,
        layout=recording.layout.name,
        joints=recording.layout.joints,
        axes=recording.axes,
        fps=found.fps,
        fps_given=recording.fps is not None,
        frames=len(recording.joints),
        seconds=found.seconds,
        persons=len(found.persons),
        person=found.person,
        mapped=joints.mapped,
        derived=dict(joints.derived),
        missing=tuple(joint for joint in joints.missing if joint not in never_seen),
        never_seen=never_seen,
        seen=None if quality is None else quality.seen,
        motion=None if quality is None else quality.motion,
        height=stature(found),
        usable=quality is not None,
        reason=found.reason,
        warnings=warnings_of(found),
    )
