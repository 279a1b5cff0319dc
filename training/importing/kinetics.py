"""Kinetics-skeleton of ST-GCN's release: OpenPose JSON, one file a clip (PAPER.md).

`kinetics_train/NAME.json` and `kinetics_val/…` hold 18 joints in two dimensions of up to two
persons and the clip's `label` and `label_index`; `kinetics_train_label.json` says them again by
name.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from skeleton import Clip, UnreadableClip
from skeleton.readers import FORMATS, Source, read_source
from training.importing.data_set import Classes, DataSet, Labelled
from training.importing.errors import Dropped

_LABELS = "_label.json"
#: The files give shares of a picture of 340 by 256 pixels. A picture is taken to be three metres
#: high, so that bodies have about the size of bodies (ours).
_METRES = np.array([3.0 * 340 / 256, 3.0, 0.0], dtype=np.float32)


def _read(path: Path) -> tuple[Clip, Labelled]:
    data = path.read_bytes()
    clip = read_source(Source(data, path.name), FORMATS["openpose"]).clip(flat=True)
    label = _labelled(path, data)
    return Clip(clip.joints * _METRES, clip.layout, clip.fps, clip.warnings), label


def _labelled(path: Path, data: bytes) -> Labelled:
    try:
        tree: Any = json.loads(data)
    except ValueError:  # a frame a line, as OpenPose's users also have them
        tree = None
    own = isinstance(tree, dict) and "label" in tree
    found = tree if own else _listed(_told_by(path.parent)).get(path.stem)
    if not isinstance(found, dict) or not isinstance(found.get("label"), str) or not found["label"]:
        raise Dropped("unlabelled", f"neither the file nor {path.parent.name}{_LABELS} has a label")
    index = found.get("label_index")
    # Nothing tells who is in a video: each counts as a person of its own.
    known = index if isinstance(index, int) and 0 <= index < 1_000_000 else -1
    return Labelled(found["label"], path.stem, {"label_index": known})


def _told_by(folder: Path) -> Path:
    """The file that lists the labels of a folder's clips, beside it."""
    return folder.with_name(folder.name + _LABELS)


def _listed(path: Path) -> dict[str, Any]:
    return _label_file(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=4)
def _label_file(path: Path, _changed: int) -> dict[str, Any]:
    try:
        tree = json.loads(path.read_bytes())
    except ValueError as error:
        raise UnreadableClip(f"{path.name}: {error}") from error
    return tree if isinstance(tree, dict) else {}


def _classes(labelled: Iterable[Labelled]) -> Classes:
    """By label index, then by name."""
    places: dict[str, int] = {}
    for one in labelled:
        places[one.label] = max(places.get(one.label, -1), one.numbers["label_index"])
    labels = sorted(places, key=lambda label: (places[label], label))
    return labels, labels


KINETICS = DataSet(
    name="kinetics",
    title="Kinetics-skeleton",
    layout="openpose18",
    fps=30.0,
    takes=lambda name: name.lower().endswith(".json") and not name.lower().endswith(_LABELS),
    read=_read,
    classes=_classes,
    numbers=("label_index",),
    told_by=_told_by,
)
