"""The journal of an import: what is done of it, on disk, so that a kill costs a few files at most.

`NAME.npz.partial/` lies beside the archive to be. `joints.raw` takes the joints of every clip one
after the other; a line of `files.jsonl` follows when they are written. What of either is
incomplete after a kill is cut off.
"""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from training.importing.conversion import Converted
from training.importing.data_set import Labelled


@dataclass(frozen=True)
class Entry:
    """One file that is done: `frames` is 0 where it was dropped, for `reason`."""

    file: str
    frames: int = 0
    labelled: Labelled | None = None
    persons: int = 0
    remarks: Sequence[str] = field(default=())
    reason: str = ""
    why: str = ""

    @property
    def stem(self) -> str:
        """The name of the clip."""
        return Path(self.file).stem


class Journal:
    """The partial folder of one import, of which `fingerprint` says what it is made from.

    `row` are the bytes of a frame. Used as a context; `entries` are the files that are done.
    """

    def __init__(self, folder: Path, fingerprint: str, row: int) -> None:
        self.folder = folder
        self.raw = folder / "joints.raw"
        self.entries: list[Entry] = []
        self._lines_path, self._made_from = folder / "files.jsonl", folder / "made_from"
        self._names: set[str] = set()
        self._row = row
        if not self._continues(fingerprint):
            for of_another in (self._made_from, self.raw, self._lines_path):
                of_another.unlink(missing_ok=True)
            folder.mkdir(parents=True, exist_ok=True)
            self._made_from.write_text(fingerprint)
        self._lines: IO[bytes] | None = None
        self._joints: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._recover()
        self._joints, self._lines = self.raw.open("ab"), self._lines_path.open("ab")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (self._joints, self._lines):
            if file is not None:
                file.close()

    def add(self, converted: Iterable[Converted]) -> None:
        """Write what became of some files."""
        assert self._joints is not None
        assert self._lines is not None
        lines = []
        for one in converted:
            entry = self._entry(one)
            if one.joints is not None and entry.frames:
                self._joints.write(np.ascontiguousarray(one.joints).tobytes())
            self.entries.append(entry)
            lines.append(json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n")
        self._joints.flush()
        self._lines.write(b"".join(lines))
        self._lines.flush()

    def remove(self) -> None:
        """Remove the folder: the import is finished."""
        shutil.rmtree(self.folder)

    def _entry(self, one: Converted) -> Entry:
        stem = Path(one.file).stem
        if one.joints is None:
            return Entry(one.file, reason=one.reason, why=one.why)
        if stem in self._names:
            return Entry(one.file, reason="twice", why=f"{stem} was imported from another folder")
        self._names.add(stem)
        return Entry(one.file, len(one.joints), one.labelled, one.persons, one.remarks)

    def _continues(self, fingerprint: str) -> bool:
        return self._made_from.is_file() and self._made_from.read_text() == fingerprint

    def _recover(self) -> None:
        """Read the whole lines, and cut off what came after the last that the joints reach."""
        self.entries, good, frames = [], 0, 0
        self._names.clear()
        data = self._lines_path.read_bytes() if self._lines_path.is_file() else b""
        written = self.raw.stat().st_size // self._row if self.raw.is_file() else 0
        for line in data.splitlines(keepends=True):
            entry = _read(line)
            if entry is None or frames + entry.frames > written:
                break
            self.entries.append(entry)
            good, frames = good + len(line), frames + entry.frames
            if entry.frames:
                self._names.add(entry.stem)
        for path, size in ((self._lines_path, good), (self.raw, frames * self._row)):
            with path.open("ab") as file:
                file.truncate(size)


def _read(line: bytes) -> Entry | None:
    if not line.endswith(b"\n"):
        return None
    try:
        tree: dict[str, Any] = json.loads(line)
        if tree["labelled"] is not None:
            tree["labelled"] = Labelled(**tree["labelled"])
        return Entry(**tree)
    except (ValueError, TypeError, KeyError):
        return None
