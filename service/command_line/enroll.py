"""`oneshot enroll`: one exemplar from each clip file."""

from typing import Annotated

import typer

from service.client import Enrolled
from service.command_line.action_names import ActionNames, NamedBy
from service.command_line.batch import each_clip
from service.command_line.clip_files import ClipFile, clip_files
from service.command_line.connection import carry_out, connected
from service.command_line.failure import SOME_FAILED
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
    LocalLayouts,
    Person,
    Quiet,
    Url,
)
from service.command_line.outcomes import Report
from service.command_line.output import progress

_COLUMNS = ("file", "action", "exemplars", "seconds", "seen", "motion", "similar", "warnings")


def enroll(
    files: Files,
    action: Annotated[
        str | None,
        typer.Option(
            "--action",
            "-a",
            help="The action's name; what a JSON file says itself unless given.",
            show_default=False,
        ),
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
    layouts: LocalLayouts = None,
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
    names = ActionNames(action, action_from)
    found = clip_files(files, bones=skeleton, layout=layout, format_name=format_name)
    if names.held_by_files:
        with progress(len(found), "reading", quiet=quiet, beside_json=json) as ticker:
            names.refuse_unnamed(found, format_name, ticker)
    report: Report[Enrolled] = Report(len(found), _COLUMNS, _row, as_json=json)

    async def work() -> None:
        async with connected(
            url,
            local=local,
            collection=collection,
            key=key,
            layouts=layouts,
            makes_store=True,
        ) as client:

            async def one(file: ClipFile) -> Enrolled:
                return await client.enroll(
                    file.path,
                    names.of(file),
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


def _row(enrolled: Enrolled) -> tuple[object, ...]:
    similar = enrolled.similar
    quality = enrolled.quality
    remarks = [warning.partition(":")[0] for warning in quality.warnings]
    if enrolled.same_as is not None:
        remarks.append(f"same clip as in {enrolled.same_as.action}")
    return (
        enrolled.action,
        enrolled.exemplars,
        quality.seconds,
        quality.seen,
        quality.motion,
        f"{similar.action} {similar.similarity:.2f}" if similar else None,
        "; ".join(remarks) or None,
    )
