"""Archive: many labelled clips in one uniform `.npz` (format: the README's "Data" section)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Clip
from skeleton.errors import UnknownJoint, UnreadableClip
from skeleton.layouts import Layout, custom_layout

_NEEDED = ("joints", "scale", "offsets", "label", "subject", "label_names", "joint_names", "fps")
_READ = (*_NEEDED, "subject_names", "clip_names")
_ONE = ("scale", "fps")
_WHOLE = ("offsets", "label", "subject")

#: In an archive of several persons, each coordinate of a joint that was not seen.
UNSEEN = -32768


def metres(stored: NDArray[Any], scale: float) -> NDArray[np.float32]:
    """Return an archive's joints in metres, float32 of the same shape: of one person `(T, V, 3)`,
    where every number is a place, or of several `(T, M, V, 3)`, NaN where a joint was not seen."""
    places = stored.astype(np.float32) * np.float32(scale)
    if stored.ndim == 4:
        places[(stored == UNSEEN).any(axis=-1)] = np.nan
    return places


@dataclass(frozen=True, eq=False)
class Archive:
    """One data set in memory: n clips, y up, metres.

    `stored` int16 times `scale` is metres: `(frames, V, 3)` of one person all of whose joints were
    seen, or `(frames, M, V, 3)` of up to M persons, `UNSEEN` where a joint or a whole person was
    not seen. `offsets` `(n + 1,)` cuts it into clips; `labels` and `subjects` `(n,)` index
    `label_names` and `subject_names`.
    """

    name: str
    layout: Layout
    fps: float
    stored: NDArray[np.int16]
    scale: float
    offsets: NDArray[np.int64]
    labels: NDArray[np.int64]
    subjects: NDArray[np.int64]
    label_names: tuple[str, ...]
    subject_names: tuple[str, ...]
    clip_names: tuple[str, ...]

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read an archive. Raises `FileNotFoundError`, and `UnreadableClip` for another format and
        for a joint that is not known."""
        path = Path(path)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                missing = [key for key in _NEEDED if key not in data.files]
                if missing:
                    raise UnreadableClip(f"{path.name} lacks the arrays {', '.join(missing)}")
                arrays = {key: data[key] for key in _READ if key in data.files}
        except (FileNotFoundError, UnreadableClip):
            raise
        except Exception as error:  # those of numpy, of its zip reader and of its decompressor
            raise UnreadableClip(f"{path.name} is not a readable .npz archive: {error}") from error
        _check_kinds(path.name, arrays)
        subjects = int(arrays["subject"].max(initial=-1)) + 1
        arrays.setdefault("subject_names", np.arange(subjects).astype(str))
        arrays.setdefault("clip_names", np.arange(len(arrays["label"])).astype(str))
        _check_agreement(path.name, arrays)
        try:
            layout = custom_layout([str(n) for n in arrays["joint_names"]], name=path.stem)
        except UnknownJoint as error:
            raise UnreadableClip(f"{path.name}: {error}") from error
        return cls(
            name=path.stem,
            layout=layout,
            fps=float(arrays["fps"].item()),
            stored=arrays["joints"],
            scale=float(arrays["scale"].item()),
            offsets=arrays["offsets"].astype(np.int64),
            labels=arrays["label"].astype(np.int64),
            subjects=arrays["subject"].astype(np.int64),
            label_names=tuple(str(n) for n in arrays["label_names"]),
            subject_names=tuple(str(n) for n in arrays["subject_names"]),
            clip_names=tuple(str(n) for n in arrays["clip_names"]),
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Clip]:
        return (self.clip(i) for i in range(len(self)))

    def clip(self, index: int) -> Clip:
        """Return one clip, float32 `(T, M, V, 3)` metres: of the persons seen in it, NaN where a
        joint was not."""
        joints = metres(self.stored[self.offsets[index] : self.offsets[index + 1]], self.scale)
        if joints.ndim == 3:
            return Clip(joints[:, None], self.layout, self.fps)
        there: NDArray[np.bool_] = np.asarray(~np.isnan(joints).all(axis=(0, 2, 3)))
        there[0] |= not there.any()
        return Clip(joints[:, there], self.layout, self.fps)

    def label_name(self, index: int) -> str:
        """Return the class name of a clip."""
        return self.label_names[int(self.labels[index])]


def _check_kinds(name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    for key, array in arrays.items():
        if key in ("joints", *_ONE) and array.dtype.kind not in "fiu":
            raise UnreadableClip(f"{name}: {key} must be numbers, not {array.dtype}")
        if key in _WHOLE and array.dtype.kind not in "iu":
            raise UnreadableClip(f"{name}: {key} must be whole numbers, not {array.dtype}")
        if key in _ONE and array.size != 1:
            raise UnreadableClip(f"{name}: {key} must be one number, not {array.size}")
        if key not in ("joints", *_ONE) and array.ndim != 1:
            raise UnreadableClip(f"{name}: {key} must be a row, not of shape {array.shape}")


def _check_agreement(name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    clips, joints, offsets = len(arrays["label"]), arrays["joints"], arrays["offsets"]
    agree = (
        joints.ndim in (3, 4)
        and joints.shape[-2:] == (len(arrays["joint_names"]), 3)
        and joints.shape[1] > 0
        and offsets.shape == (clips + 1,)
        and offsets[0] == 0
        and offsets[-1] == len(joints)
        and (np.diff(offsets) > 0).all()
        and arrays["subject"].shape == (clips,)
        and len(arrays["clip_names"]) == clips
        and all(
            (arrays[index] >= 0).all() and (arrays[index] < len(arrays[names])).all()
            for index, names in (("label", "label_names"), ("subject", "subject_names"))
        )
    )
    if not agree:
        raise UnreadableClip(f"{name}: its arrays do not agree with each other in length or index")
