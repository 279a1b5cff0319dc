"""Conversion: one file to the whole numbers of an archive, or the reason why not. Runs in workers;
imports no torch."""

import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from skeleton import LAYOUTS, Clip, UnreadableClip, UnusableClip
from skeleton.archive import UNSEEN
from skeleton.errors import NothingToSee
from skeleton.persons import most_moving
from training.importing.data_set import DataSet, Labelled
from training.importing.errors import Dropped
from training.importing.kinetics import KINETICS
from training.importing.ntu import NTU

DATA_SETS: Mapping[str, DataSet] = {known.name: known for known in (NTU, KINETICS)}

PERSONS = 2
#: Metres a unit: places to half a millimetre, up to 16 metres away.
SCALE = 0.0005
_LARGEST = 32_767
_LARGEST_FILE = 64_000_000  # bytes; the largest of either set has a twentieth of it
#: What readers say of every file of a set, and is no news.
_USUAL = frozenset({"flat", "fps_missing"})


@dataclass(frozen=True, eq=False)
class Converted:
    """What became of one file, by its path within the folder.

    `joints` int16 `(T, 2, V, 3)`, `UNSEEN` where not seen, and what it is; or None and the reason
    and the words why it was dropped. `remarks` are the codes of what was repaired.
    """

    file: str
    joints: NDArray[np.int16] | None = None
    labelled: Labelled | None = None
    persons: int = 0
    remarks: tuple[str, ...] = field(default=())
    reason: str = ""
    why: str = ""


def end_with_parent() -> None:
    """End this worker when the process that started it is killed: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def convert(data_set: str, folder: Path, files: tuple[str, ...]) -> list[Converted]:
    """Convert some files of a folder, in their order."""
    return [_converted(DATA_SETS[data_set], folder, file) for file in files]


def _converted(data_set: DataSet, folder: Path, file: str) -> Converted:
    path = folder / file
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise Dropped("unusable", f"larger than {_LARGEST_FILE // 1_000_000} MB: no one clip")
        clip, labelled = data_set.read(path)
        if len(clip.layout) != len(LAYOUTS[data_set.layout]):
            raise Dropped("unusable", f"of the layout {clip.layout.name}, not {data_set.layout}")
        joints, far = _stored(clip)
    except Dropped as dropped:
        return Converted(file, reason=dropped.reason, why=dropped.why)
    except NothingToSee as error:
        return Converted(file, reason="empty", why=str(error))
    except UnusableClip as error:
        return Converted(file, reason="unusable", why=str(error))
    except (UnreadableClip, OSError) as error:
        return Converted(file, reason="unreadable", why=str(error))
    remarks = [warning.partition(":")[0] for warning in clip.warnings]
    remarks += ["far_joints"] * far
    kept = tuple(dict.fromkeys(code for code in remarks if code not in _USUAL))
    persons = int((joints != UNSEEN).any(axis=(0, 2, 3)).sum())
    return Converted(file, joints, labelled, persons, kept)


def _stored(clip: Clip) -> tuple[NDArray[np.int16], bool]:
    """The two persons who move most as whole numbers, and whether joints were too far away.

    Raises `NothingToSee`.
    """
    stored = np.full((len(clip.joints), PERSONS, len(clip.layout), 3), UNSEEN, dtype=np.int16)
    far = False
    for place, person in enumerate(most_moving(clip.joints, PERSONS)):
        units = np.round(clip.joints[:, person].astype(np.float64) / SCALE)
        seen = ~np.isnan(units).any(axis=-1)
        near = seen & (np.abs(np.nan_to_num(units)) <= _LARGEST).all(axis=-1)
        far |= bool((seen & ~near).any())
        stored[:, place][near] = units[near].astype(np.int16)
    if (stored == UNSEEN).all():
        raise NothingToSee("no joint was seen within 16 metres")
    return stored, far
