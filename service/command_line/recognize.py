"""`oneshot recognize`: the nearest enrolled action of each clip file, or unknown."""

from typing import Annotated

import typer

from service.client import Recognized
from service.command_line.batch import each_clip
from service.command_line.clip_files import ClipFile, clip_files
from service.command_line.connection import carry_out, connected
from service.command_line.failure import SOME_FAILED, note
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
from service.matching import STRANGERS

_IMPORTANCE = "matter most"
_COLUMNS = (
    "file", "decision", "action", "probability", "similarity", "best", _IMPORTANCE, "warnings",
)  # fmt: skip
_NAMED = 3  # joints in the table; --json has them all
_NOTHING = "nothing_enrolled"  # told once, under the table


def recognize(
    files: Files,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Best actions in --json.")] = 5,
    strangers: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of the clips, less than 1, whose action is not enrolled, as far as you "
            f"know it: probability goes by it; {STRANGERS:g} unless given.",
        ),
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
    """Recognise clips: for each the nearest enrolled action, or unknown."""
    found = clip_files(files, bones=skeleton, layout=layout, format_name=format_name)
    report: Report[Recognized] = Report(len(found), _COLUMNS, _row, as_json=json, spare=_IMPORTANCE)
    asked = k if json else max(k, 2)  # the table names both of two that are too near
    matchless: list[ClipFile] = []

    async def work() -> None:
        async with connected(
            url, local=local, collection=collection, key=key, layouts=layouts
        ) as client:

            async def one(file: ClipFile) -> Recognized:
                answer = await client.recognize(
                    file.path,
                    k=asked,
                    strangers=strangers,
                    layout=file.layout,
                    fps=fps,
                    axes=axes,
                    person=person,
                    format=format_name,
                    skeleton=file.bones,
                )
                if not answer.matches:
                    matchless.append(file)
                return answer

            with progress(len(found), "recognising", quiet=quiet, beside_json=json) as ticker:
                await each_clip(found, one, report, jobs=jobs, ticker=ticker)

    with report:
        carry_out(work)
    if matchless and not json:
        note(f"nothing is enrolled in collection {collection!r}")
    if report.failed:
        raise typer.Exit(SOME_FAILED)


def _row(recognized: Recognized) -> tuple[object, ...]:
    codes = (warning.partition(":")[0] for warning in recognized.warnings)
    return (
        recognized.decision,
        recognized.action,
        recognized.probability,
        recognized.similarity,
        _best(recognized),
        ", ".join(list(recognized.joint_importance or {})[:_NAMED]) or None,
        "; ".join(code for code in codes if code != _NOTHING) or None,
    )


def _best(recognized: Recognized) -> str | None:
    """The nearest action where it is not the answer; of an ambiguous clip both."""
    if recognized.decision == "match" or not recognized.matches:
        return None
    nearest = recognized.matches[: 2 if recognized.decision == "ambiguous" else 1]
    return " / ".join(match.action for match in nearest)
