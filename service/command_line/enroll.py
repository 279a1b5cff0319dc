"""`oneshot enroll`: one exemplar from each clip file."""

from enum import StrEnum
from typing import Annotated

import typer

from service.client import Enrolled
from service.command_line.batch import each_clip
from service.command_line.clip_files import ClipFile, clip_files
from service.command_line.connection import carry_out, connected
from service.command_line.failure import SOME_FAILED, Failed
from service.command_line.options import (
    DEFAULT_URL,
    AsJson,
    AxesText,
    Bones,
    Collection,
    Files,
    FormatName,
    Fps,
    Jobs,
    Key,
    LayoutName,
    Local,
    Person,
    Quiet,
    Url,
)
from service.command_line.outcomes import Report
from service.command_line.output import progress

_COLUMNS = ("file", "action", "exemplars", "seconds", "seen", "motion", "similar", "warnings")


class NamedBy(StrEnum):
    """What names the action of a file."""

    FILE = "file"
    FOLDER = "folder"


def enroll(
    files: Files,
    action: Annotated[
        str | None, typer.Option("--action", "-a", help="The action's name.", show_default=False)
    ] = None,
    action_from: Annotated[
        NamedBy | None,
        typer.Option(help="Instead: each file's own name, or its folder's.", show_default=False),
    ] = None,
    layout: LayoutName = None,
    fps: Fps = None,
    axes: AxesText = None,
    person: Person = None,
    format_name: FormatName = None,
    skeleton: Bones = None,
    url: Url = DEFAULT_URL,
    local: Local = False,
    collection: Collection = "default",
    key: Key = None,
    jobs: Jobs = 4,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Enroll clips as examples of an action.

    One clip is enough; each further file is another exemplar of its action.
    """
    if (action is None) == (action_from is None):
        raise Failed("name the action with --action NAME, or take it by --action-from file|folder")
    found = clip_files(files, bones=skeleton, layout=layout, format_name=format_name)
    report: Report[Enrolled] = Report(len(found), _COLUMNS, _row, as_json=json)

    async def work() -> None:
        async with connected(url, local=local, collection=collection, key=key) as client:

            async def one(file: ClipFile) -> Enrolled:
                return await client.enroll(
                    file.path,
                    _name_of(file, action_from) if action is None else action,
                    layout=file.layout,
                    fps=fps,
                    axes=axes,
                    person=person,
                    format=format_name,
                    skeleton=file.bones,
                )

            with progress(len(found), "enrolling", quiet=quiet, beside_json=json) as ticker:
                await each_clip(found, one, report, jobs=jobs, ticker=ticker)

    with report:
        carry_out(work)
    if report.failed:
        raise typer.Exit(SOME_FAILED)


def _name_of(file: ClipFile, named_by: NamedBy | None) -> str:
    # `wave.mediapipe.json` is of the action wave.
    return file.folder if named_by is NamedBy.FOLDER else file.path.name.partition(".")[0]


def _row(enrolled: Enrolled) -> tuple[object, ...]:
    similar = enrolled.similar
    quality = enrolled.quality
    return (
        enrolled.action,
        enrolled.exemplars,
        quality.seconds,
        quality.seen,
        quality.motion,
        f"{similar.action} {similar.similarity:.2f}" if similar else None,
        "; ".join(warning.partition(":")[0] for warning in quality.warnings) or None,
    )
