"""`oneshot inspect`: what is understood of a clip file, and a drawing of it."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.command_line.failure import SOME_FAILED, Failed, note
from service.command_line.one_clip import read_clip
from service.command_line.options import (
    AsJson,
    AxesText,
    Bones,
    FormatName,
    Fps,
    LayoutFiles,
    LayoutName,
    Person,
)
from service.command_line.output import console, print_json
from service.command_line.standard_output import holds_braille
from service.command_line.wording import as_options
from service.joint_importance import importance_in
from skeleton.drawing import draw_gif, draw_png, draw_terminal
from skeleton.inspection import Inspection, inspect

if TYPE_CHECKING:
    from service.encoder import Encoder

_LINES = 18
_DRAWERS = {".png": draw_png, ".gif": draw_gif}


def inspect_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A clip file.", exists=True, dir_okay=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Draw into this .png or .gif; in the terminal unless given.",
            show_default=False,
        ),
    ] = None,
    layout: LayoutName = None,
    fps: Fps = None,
    axes: AxesText = None,
    person: Person = None,
    format_name: FormatName = None,
    skeleton: Bones = None,
    layouts: LayoutFiles = None,
    json: AsJson = False,
) -> None:
    """Show what is understood of a clip, and draw it: a wrong axis is seen at once.

    Needs no running service. Where the model tells how much each joint matters, what it sees is
    coloured by that. The status is 1 when the model would refuse the clip.
    """
    draw = None
    if out is not None and (draw := _DRAWERS.get(out.suffix.lower())) is None:
        raise Failed(f"--out {out}: drawings are .png or .gif")
    clip = read_clip(
        file, format_name=format_name, layout=layout, fps=fps, axes=axes, person=person,
        skeleton=skeleton, layouts=layouts,
    )  # fmt: skip
    encoder = _encoder()
    model = (encoder.info.layout, encoder.info.frames)
    found = inspect(clip.recording, clip.format, *model)
    if json:
        print_json(asdict(found))
    else:
        _print(found)
    if draw is not None and out is not None:
        try:
            importance = importance_in(clip.recording, encoder)
            out.write_bytes(draw(clip.recording, *model, title=file.name, importance=importance))
        except OSError as error:
            raise Failed(f"--out {out}: {error.strerror}") from error
    elif not json and not holds_braille():
        note(f"not drawn: {sys.stdout.encoding} has no Braille dots; --out draws into a file")
    elif not json:
        terminal = console()
        width = min(terminal.width, 120)
        print(
            draw_terminal(
                clip.recording,
                *model,
                width=width,
                height=_LINES,
                colour=sys.stdout.isatty(),
                importance=importance_in(clip.recording, encoder),
            )
        )
    if not found.usable:
        raise typer.Exit(SOME_FAILED)


def _encoder() -> "Encoder":
    """The model whose joints and frames the clip is prepared for."""
    # Here, because onnxruntime takes a while to import, and a mistake in the options is told first.
    from service.encoder import Encoder
    from service.model_file import BadModel
    from service.settings import BadSettings, load_settings

    try:
        return Encoder(load_settings().model, provider="cpu")
    except (BadSettings, BadModel) as error:
        raise Failed(str(error)) from error


def _print(found: Inspection) -> None:
    given = "" if found.fps_given else " (assumed)"
    used = "" if found.person is None else f", person {found.person} is used"
    lines = {
        "format": found.format,
        "layout": f"{found.layout}, {len(found.joints)} joints",
        "axes": found.axes,
        "time": f"{found.frames} frames, {found.seconds:.2f} s at {found.fps:g} fps{given}",
        "persons": f"{found.persons}{used}",
        "height": None if found.height is None else f"{found.height:.2f} m",
        "motion": None if found.motion is None else f"{found.motion:.2f} m",
        "seen": None if found.seen is None else f"{found.seen:.0%} of the model's joints",
        "derived": ", ".join(f"{j} from {' + '.join(r)}" for j, r in found.derived.items()),
        "missing": ", ".join(found.missing),
        "not seen": ", ".join(found.never_seen),
        "refused": found.reason,
    }
    for name, value in lines.items():
        if value:
            print(f"{name:9}{as_options(value)}")
    for warning in found.warnings:
        print(f"{'warning':9}{as_options(warning)}")
