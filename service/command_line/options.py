"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from skeleton import UnusableClip, parse_axes
from skeleton.readers import FORMATS

DEFAULT_URL = "http://127.0.0.1:8000"

_OF_THE_CLIP = "About the clip"
_WHERE = "Where"


def _formats(incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _known_format(name: str | None) -> str | None:
    if name is not None and name not in FORMATS:
        raise typer.BadParameter(f"use one of {', '.join(FORMATS)}")
    return name


def _sound_axes(text: str | None) -> str | None:
    try:
        if text is not None:
            parse_axes(text)
    except UnusableClip as error:
        raise typer.BadParameter(str(error)) from error
    return text


Url = Annotated[
    str,
    typer.Option(
        envvar="ONESHOT_URL", help="The running service.", rich_help_panel=_WHERE, show_default=True
    ),
]
Local = Annotated[
    bool,
    typer.Option(
        "--local",
        help="Work on the store (ONESHOT_STORE) in this process, without a running service.",
        rich_help_panel=_WHERE,
    ),
]
Collection = Annotated[
    str, typer.Option("--collection", "-c", help="The gallery.", rich_help_panel=_WHERE)
]
Key = Annotated[
    str | None,
    typer.Option(
        envvar="ONESHOT_KEY", help="Sent as a bearer token.", rich_help_panel=_WHERE,
        show_default=False,
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="Clips in flight at a time.")]

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE…", help="Files, folders (searched to the ground) and globs."),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", help="The file's format; found out unless given: " + ", ".join(FORMATS),
        autocompletion=_formats, callback=_known_format, rich_help_panel=_OF_THE_CLIP,
        show_default=False,
    ),
]  # fmt: skip
LayoutName = Annotated[
    str | None,
    typer.Option(
        "--layout", "-l", help="A layout's name, or the joint names with commas; for files that "
        "do not name their joints (.npy, .npz, JSON without a layout).",
        rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
Fps = Annotated[
    float | None,
    typer.Option(
        min=1, max=1000, help="Frames per second; goes before what the file says.",
        rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
AxesText = Annotated[
    str | None,
    typer.Option(
        "--axes", help="Where the data keeps x, y (up) and z, e.g. x,z,-y for z up.",
        callback=_sound_axes, rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
Person = Annotated[
    int | None,
    typer.Option(
        min=0, help="Which person; the one who moves most unless given.",
        rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
Bones = Annotated[
    Path | None,
    typer.Option(
        "--skeleton", help="The ASF of AMC files; the one beside each unless given.",
        exists=True, dir_okay=False, rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
LayoutFiles = Annotated[
    Path | None,
    typer.Option(
        "--layouts", envvar="ONESHOT_LAYOUTS", help="A layout file, or a folder of them.",
        exists=True, rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
LocalLayouts = Annotated[
    Path | None,
    typer.Option(
        "--layouts", help="With --local: a layout file, or a folder of them; those of "
        "ONESHOT_LAYOUTS unless given.",
        exists=True, rich_help_panel=_OF_THE_CLIP, show_default=False,
    ),
]  # fmt: skip
