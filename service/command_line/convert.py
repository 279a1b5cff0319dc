"""`oneshot convert`: a clip file in another format."""

from pathlib import Path
from typing import Annotated

import typer

from service.command_line.failure import Failed
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
from skeleton import UnusableClip
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
    """Convert a clip file. Needs no running service."""
    if target.suffix.lower() not in WRITERS:
        raise Failed(f"{target}: clips are written as {', '.join(WRITERS)}")
    if target.exists() and not force:
        raise Failed(f"{target} is there already; --force overwrites it")
    clip = read_clip(
        source, format_name=format_name, layout=layout, fps=fps, axes=axes, person=person,
        skeleton=skeleton, layouts=layouts,
    )  # fmt: skip
    for remark in clip.recording.remarks:
        typer.echo(f"note: {remark}", err=True)
    try:
        write_path(clip.recording, target)
    except UnusableClip as error:
        raise Failed(f"{source}: {error}") from error
    except OSError as error:
        raise Failed(f"{target}: {error.strerror}") from error
