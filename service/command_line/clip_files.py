"""From what was named on the command line to clip files: files, folders, globs."""

import glob
from dataclasses import dataclass
from pathlib import Path

from service.command_line.failure import Failed
from skeleton.readers import FORMATS
from skeleton.readers.registry import bones_beside

_AMC = ".amc"
#: Suffixes by which a folder's clips are found.
SUFFIXES = frozenset(suffix for format in FORMATS.values() for suffix in format.suffixes)


@dataclass(frozen=True)
class ClipFile:
    """A file that holds a clip; `bones` is the ASF of an AMC; `folder` the name of its folder."""

    path: Path
    bones: Path | None = None

    @property
    def folder(self) -> str:
        return self.path.resolve().parent.name


def clip_files(named: list[str], *, bones: Path | None = None) -> list[ClipFile]:
    """Return the clip files that were named, each once, folders in order of name.

    Raises `Failed` for what is not there, and for folders and globs without a clip.
    """
    found: dict[Path, ClipFile] = {}
    for name in named:
        for path in _files(name):
            found.setdefault(path, ClipFile(path, bones or _bones_of(path)))
    return list(found.values())


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not inside:
            raise Failed(f"{name}: the folder holds no file that ends in {_listed()}")
        return inside
    if glob.has_magic(name):
        matching = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207
        files = [match for match in matching if match.is_file()]
        if not files:
            raise Failed(f"{name}: no file matches")
        return files
    raise Failed(f"{name}: there is no such file or folder")


def _bones_of(path: Path) -> Path | None:
    return bones_beside(path) if path.suffix.lower() == _AMC else None


def _listed() -> str:
    return ", ".join(sorted(SUFFIXES))
