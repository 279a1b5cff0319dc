"""`oneshot convert`: a clip file in another format."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from service.command_line.failure import Failed, note
from service.command_line.one_clip import read_clip
from service.command_line.options import (
    AxesText,
    Bones,
    FormatName,
    Fps,
    LayoutFiles,
    LayoutName,
    Person,
)
from service.command_line.wording import as_options
from skeleton import Recording, UnusableClip
from skeleton.layouts import LAYOUTS
from skeleton.persons import choose_person
from skeleton.writers import WRITERS, write_path


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A clip file.", exists=True, dir_okay=False)
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="Ends in " + ", ".join(WRITERS) + ".")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite OUT.")] = False,
    layout: LayoutName = None,
    fps: Fps = None,
    axes: AxesText = None,
    person: Person = None,
    format_name: FormatName = None,
    skeleton: Bones = None,
    layouts: LayoutFiles = None,
) -> None:
    """Convert a clip file. From JSON to JSON its action is kept. Needs no running service."""
    suffix = target.suffix.lower()
    if suffix not in WRITERS:
        raise Failed(f"{target}: clips are written as {', '.join(WRITERS)}")
    if target.exists() and not force:
        raise Failed(f"{target} is there already; --force overwrites it")
    clip = read_clip(
        source, format_name=format_name, layout=layout, fps=fps, axes=axes, person=person,
        skeleton=skeleton, layouts=layouts,
    )  # fmt: skip
    action = clip.action
    try:
        choose_person(clip.recording.joints, clip.recording.person)
        write_path(clip.recording, target, action)
    except UnusableClip as error:
        raise Failed(f"{source}: {as_options(str(error))}") from error
    except OSError as error:
        raise Failed(f"{target}: {error.strerror}") from error
    for remark in (*clip.recording.remarks, *_lost(clip.recording, suffix)):
        note(as_options(remark))
    if action is not None and suffix != ".json":
        note(f"the action {action!r} is left out: {target.name} holds the clip alone")


def _lost(recording: Recording, suffix: str) -> list[str]:
    """What of a recording a format cannot say."""
    lost = []
    persons = recording.joints.shape[1]
    if suffix == ".bvh" and persons > 1:
        lost.append(f"one of {persons} persons is written: BVH holds no more")
    if suffix == ".bvh" and (unseen := _unseen(recording)):
        share = f"{unseen:.0%}" if unseen >= 0.01 else "less than 1%"
        lost.append(f"{share} of the joints were not seen, which BVH cannot say")
    if suffix == ".npy":
        layout = recording.layout
        built_in = LAYOUTS.get(layout.name) == layout
        named = layout.name if built_in else ",".join(layout.joints)
        frames = "" if recording.fps is None else f" --fps {recording.fps:g}"
        chosen = "" if recording.person is None else f" --person {recording.person}"
        lost.append(
            "the file holds coordinates alone; read it with "
            f"--layout {named}{frames} --axes {recording.axes}{chosen}"
        )
    return lost


def _unseen(recording: Recording) -> float:
    """The share of the written person's joints that were not seen."""
    joints = recording.clip().joints
    person, _ = choose_person(joints, recording.person)
    return float(np.isnan(joints[:, person]).any(axis=-1).mean())
