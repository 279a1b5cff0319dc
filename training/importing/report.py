"""The report of an import: what was kept, repaired and dropped, and why (ours)."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from skeleton.whole_file import write_whole
from training.importing.errors import REASONS
from training.importing.journal import Entry

_MOST_NAMED = 100  # files of a reason that the text names; the JSON names all

#: What was done to clips that were kept.
REPAIRS = {
    "ghost_bodies": "bodies that were taken for no people (furniture, reflections) were left out",
    "more_bodies": "more than two people: the two that move most were kept",
    "changed_ids": "a body went on under another id and was put together",
    "empty_frames": "nobody is in some frames",
    "far_joints": "joints more than 16 metres away are unseen",
}


def report_of(title: str, folder: Path, archive: Path, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the report as a tree of JSON values."""
    kept = [entry for entry in entries if entry.frames]
    dropped = [entry for entry in entries if not entry.frames]
    return {
        "data_set": title,
        "folder": str(folder),
        "archive": archive.name,
        "files": len(entries),
        "clips": len(kept),
        "frames": sum(entry.frames for entry in kept),
        "two_persons": sum(entry.persons == 2 for entry in kept),
        "classes": len({entry.labelled.label for entry in kept if entry.labelled}),
        "subjects": len({entry.labelled.subject for entry in kept if entry.labelled}),
        "repaired": {
            code: {"count": count, "files": [e.file for e in kept if code in e.remarks]}
            for code, count in _counted(code for entry in kept for code in entry.remarks)
        },
        "dropped": {
            reason: {
                "count": count,
                "files": [{"file": e.file, "why": e.why} for e in dropped if e.reason == reason],
            }
            for reason, count in _counted(entry.reason for entry in dropped)
        },
    }


def markdown(report: dict[str, Any]) -> str:
    """Return the report as text."""
    lines = [
        f"# Import of {report['archive']}",
        "",
        f"{report['data_set']}, {report['files']} files: {report['clips']} clips of "
        f"{report['classes']} classes and {report['subjects']} subjects, {report['frames']} "
        f"frames; two persons in {report['two_persons']} clips.",
        "",
        "## Kept, with a remark",
        "",
    ]
    for code, found in report["repaired"].items():
        lines.append(f"- {code}: {found['count']} ({REPAIRS.get(code, 'as the reader says')})")
    lines += ["" if report["repaired"] else "None.\n", "## Dropped", ""]
    for reason, found in report["dropped"].items():
        lines += [f"### {reason}: {found['count']}: {REASONS.get(reason, reason)}", ""]
        lines += [f"- {one['file']}: {one['why']}" for one in found["files"][:_MOST_NAMED]]
        if found["count"] > _MOST_NAMED:
            lines.append(f"- and {found['count'] - _MOST_NAMED} more, named in the JSON beside")
        lines.append("")
    if not report["dropped"]:
        lines += ["None.", ""]
    return "\n".join(lines)


def write_report(report: dict[str, Any], archive: Path) -> tuple[Path, Path]:
    """Write `NAME.report.md` and `NAME.report.json` beside the archive, each whole or not."""
    content = json.dumps(report, indent=1, ensure_ascii=False)
    return (
        write_whole(archive.with_suffix(".report.md"), markdown(report)),
        write_whole(archive.with_suffix(".report.json"), content + "\n"),
    )


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items())
