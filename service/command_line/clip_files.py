"""From what was named on the command line to clip files: files, folders, globs."""

import glob
from dataclasses import dataclass
from pathlib import Path

from service.command_line.failure import Failed
from skeleton.errors import UnknownFormat
from skeleton.readers import FORMATS, find_format
from skeleton.readers.registry import HEAD, bones_beside, needs_layout

_AMC, _ASF = ".amc", ".asf"
#: Suffixes by which a folder's clips are found. An ASF is no clip: it is found beside its AMC.
SUFFIXES = frozenset(s for format in FORMATS.values() for s in format.suffixes) - {_ASF}


@dataclass(frozen=True)
class ClipFile:
    """A file that holds a clip; `bones` is the ASF of an AMC; `layout` names the joints of a file
    that does not; `folder` is the name of its folder."""

    path: Path
    bones: Path | None = None
    layout: str | None = None

    @property
    def folder(self) -> str:
        return self.path.resolve().parent.name


def clip_files(
    named: list[str],
    *,
    bones: Path | None = None,
    layout: str | None = None,
    format_name: str | None = None,
) -> list[ClipFile]:
    """Return the clip files that were named, each once, folders in order of name.

    Those get the `layout` that do not name their joints themselves. Raises
    `Failed` for what is not there, for folders and globs without a clip, and for a layout that no
    file needs.
    """
    found: dict[Path, ClipFile] = {}
    for name in named:
        for path in _files(name):
            if path.resolve() not in found:
                said = layout if layout and _needs_layout(path, format_name) else None
                found[path.resolve()] = ClipFile(path, bones or _bones_of(path), said)
    files = list(found.values())
    if layout and not any(file.layout for file in files):
        raise Failed("--layout: the files name their joints themselves; leave it out")
    return files


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if _is_clip(p, path) and p.is_file())
        if not inside:
            raise Failed(
                f"{name}: the folder holds no file, hidden ones aside, that ends in {_listed()}"
            )
        return inside
    if glob.has_magic(name):
        matching = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207
        files = [match for match in matching if match.is_file() and match.suffix.lower() != _ASF]
        if not files:
            raise Failed(f"{name}: no file matches")
        return files
    if path.exists():
        raise Failed(f"{name}: neither a file nor a folder; save what comes from a pipe first")
    raise Failed(f"{name}: there is no such file or folder")


def _is_clip(path: Path, folder: Path) -> bool:
    """Whether a file is one of a folder's clips by its name; hidden ones are not."""
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in SUFFIXES


def _needs_layout(path: Path, format_name: str | None) -> bool:
    """Whether a file does not say which joint is which, as far as can be told from here."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            format = find_format(format_name, head, path.name)
            return needs_layout(head + file.read() if format.may_leave_out else head, format)
    except (UnknownFormat, OSError):  # the service, or the sending, says what is wrong
        return True


def _bones_of(path: Path) -> Path | None:
    return bones_beside(path) if path.suffix.lower() == _AMC else None


def _listed() -> str:
    return ", ".join(sorted(SUFFIXES))
