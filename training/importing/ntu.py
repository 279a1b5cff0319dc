"""NTU RGB+D 60 and 120: `.skeleton` files, whose names say what they are (PAPER.md)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from skeleton import Clip
from skeleton.readers import FORMATS, Source, read_source
from training.importing.data_set import Classes, DataSet, Labelled
from training.importing.errors import Dropped
from training.text.descriptions import SHIPPED, Descriptions

_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})")
_CLASSES = 120


def named(stem: str) -> Labelled:
    """Return what a name `SsssCcccPpppRrrrAaaa` says: set-up, camera, performer, replication,
    action. Raises `Dropped`."""
    match = _NAME.fullmatch(stem)
    if match is None or not 1 <= int(match[5]) <= _CLASSES:
        raise Dropped("misnamed", "not of the form SsssCcccPpppRrrrAaaa with A001 to A120")
    setup, camera, _, replication, _ = (int(number) for number in match.groups())
    numbers = {"setup": setup, "camera": camera, "replication": replication}
    return Labelled(f"A{match[5]}", f"P{match[3]}", numbers)


def _read(path: Path) -> tuple[Clip, Labelled]:
    label = named(path.stem)
    return read_source(Source(path.read_bytes(), path.name), FORMATS["skeleton"]).clip(), label


def _classes(_: Iterable[Labelled]) -> Classes:
    """A001 to A120, whichever are there: as the descriptions in words name them."""
    titles = _titles()
    labels = [f"A{number:03d}" for number in range(1, _CLASSES + 1)]
    return labels, [titles[label] for label in labels]


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    parts = [Descriptions.read(path) for path in sorted(SHIPPED.glob("ntu120_*.yaml"))]
    return {label: text.name for part in parts for label, text in part.actions.items()}


NTU = DataSet(
    name="ntu",
    title="NTU RGB+D",
    layout="kinect_v2",
    fps=30.0,
    takes=lambda name: name.lower().endswith(".skeleton"),
    read=_read,
    classes=_classes,
    numbers=("setup", "camera", "replication"),
)
