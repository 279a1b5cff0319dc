"""The work of an import: files in, archive out, over several processes."""

import hashlib
import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from skeleton import LAYOUTS
from training.importing.archive_file import write_archive
from training.importing.conversion import (
    PERSONS,
    SCALE,
    Converted,
    convert,
    end_with_parent,
)
from training.importing.data_set import DataSet
from training.importing.errors import ImportRefused
from training.importing.journal import Entry, Journal
from training.importing.report import report_of, write_report
from training.lock import locked

_VERSION = 1  # of what a partial import holds
_AT_ONCE = 16  # files that a worker is given; their clips are what is in memory
_WAITING = 3  # such parts for each worker


def import_folder(
    data_set: DataSet, folder: Path, archive: Path, *, workers: int, replace: bool = False
) -> dict[str, Any]:
    """Import a folder and return the report, which lies beside the archive when this returns.

    A stopped import goes on where it was while the folder is the same. Raises `ImportRefused`.
    """
    if archive.suffix != ".npz":
        raise ImportRefused(f"the archive must be named NAME.npz, not {archive.name}")
    if not folder.is_dir():
        raise ImportRefused(f"there is no folder {folder}")
    files = _files(data_set, folder)
    if not files:
        raise ImportRefused(f"{folder} holds no file of {data_set.title}")
    if archive.exists() and not replace:
        raise _exists(archive)
    partial = archive.with_name(archive.name + ".partial")
    with locked(partial):
        if archive.exists() and not replace:  # another command has just written it
            shutil.rmtree(partial)
            raise _exists(archive)
        return _import(data_set, folder, files, archive, partial, workers)


def _exists(archive: Path) -> ImportRefused:
    return ImportRefused(f"{archive} exists already; --replace writes it anew")


def _import(
    data_set: DataSet,
    folder: Path,
    files: Sequence[str],
    archive: Path,
    partial: Path,
    workers: int,
) -> dict[str, Any]:
    """Import by a partial folder, in which nobody else is at work."""
    row = PERSONS * len(LAYOUTS[data_set.layout]) * 3 * 2
    fingerprint = _fingerprint(data_set, folder, files)
    with Journal(partial, fingerprint, row) as journal:
        left = files[len(journal.entries) :]
        with tqdm(total=len(files), initial=len(files) - len(left), unit="file") as bar:
            for converted in _converted(data_set, folder, left, workers):
                journal.add(converted)
                bar.update(len(converted))
    kept = [entry for entry in journal.entries if entry.frames]
    if not kept:
        journal.remove()
        raise ImportRefused(_nothing_kept(journal.entries))
    report = report_of(data_set.title, folder, archive, journal.entries)
    shape = (sum(e.frames for e in kept), PERSONS, len(LAYOUTS[data_set.layout]), 3)
    # The archive last: where it is, the import is finished.
    write_report(report, archive)
    write_archive(archive, journal.raw, shape, _arrays(data_set, kept))
    journal.remove()
    return report


def _files(data_set: DataSet, folder: Path) -> list[str]:
    """The paths of the set's files within the folder, however deep, by name."""
    found = [
        Path(place, name).relative_to(folder).as_posix()
        for place, _, names in os.walk(folder, followlinks=True)
        for name in names
        if data_set.takes(name)
    ]
    return sorted(found, key=lambda file: (Path(file).name, file))


def _fingerprint(data_set: DataSet, folder: Path, files: Sequence[str]) -> str:
    """Changes when a file of the folder does, or one that tells of them."""
    told = hashlib.sha256(f"{_VERSION} {data_set.name}".encode())
    paths = [folder / file for file in files]
    if data_set.told_by is not None:
        told_by = {data_set.told_by(path.parent) for path in paths}
        paths += sorted(path for path in told_by if path.is_file())
    for path in paths:
        state = path.stat()
        name = os.path.relpath(path, folder)
        told.update(f"\n{name}\0{state.st_size}\0{state.st_mtime_ns}".encode())
    return told.hexdigest()


def _converted(
    data_set: DataSet, folder: Path, files: Sequence[str], workers: int
) -> Iterator[list[Converted]]:
    """Convert the files in their order; only so much is under way as `_WAITING` says."""
    parts = [tuple(files[i : i + _AT_ONCE]) for i in range(0, len(files), _AT_ONCE)]
    if workers == 1 or len(parts) < 2:
        yield from (convert(data_set.name, folder, part) for part in parts)
        return
    # A fresh process each: it needs neither torch nor what else this one has loaded.
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(workers, len(parts)), mp_context=fresh, initializer=end_with_parent
    )
    under_way: deque[Future[list[Converted]]] = deque()
    try:
        for part in parts:
            under_way.append(pool.submit(convert, data_set.name, folder, part))
            if len(under_way) >= _WAITING * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        raise ImportRefused(
            "a worker process ended (out of memory?); the same command goes on, with fewer "
            "--workers if need be"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _arrays(data_set: DataSet, kept: Sequence[Entry]) -> dict[str, NDArray[Any]]:
    labelled = [entry.labelled for entry in kept if entry.labelled is not None]
    labels, titles = data_set.classes(labelled)
    subjects = sorted({one.subject for one in labelled})
    label_at = {name: number for number, name in enumerate(labels)}
    subject_at = {name: number for number, name in enumerate(subjects)}
    layout = LAYOUTS[data_set.layout]
    numbers = {
        name: np.array([one.numbers[name] for one in labelled], dtype=np.int32)
        for name in data_set.numbers
    }
    return {
        "scale": np.array(SCALE, dtype=np.float32),
        "offsets": np.cumsum([0, *(entry.frames for entry in kept)]),
        "label": np.array([label_at[one.label] for one in labelled], dtype=np.int32),
        "subject": np.array([subject_at[one.subject] for one in labelled], dtype=np.int32),
        "label_names": np.array(labels),
        "label_titles": np.array(titles),
        "subject_names": np.array(subjects),
        "joint_names": np.array(layout.joints),
        "parents": np.array(layout.parents, dtype=np.int32),
        "fps": np.array(data_set.fps, dtype=np.float32),
        "clip_names": np.array([entry.stem for entry in kept]),
        **numbers,
    }


def _nothing_kept(entries: Sequence[Entry]) -> str:
    first = entries[0]
    return (
        f"none of the {len(entries)} files gives a clip; the first, {first.file}: "
        f"{first.reason}: {first.why}"
    )
