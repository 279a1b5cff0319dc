"""Archive: many labelled clips in one uniform `.npz` (format: the README's "Data" section)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Clip
from skeleton.errors import UnreadableClip
from skeleton.layouts import Layout, custom_layout

_NEEDED = ("joints", "scale", "offsets", "label", "subject", "label_names", "joint_names", "fps")
_READ = (*_NEEDED, "subject_names", "clip_names")

#: In an archive of several persons, each coordinate of a joint that was not seen.
UNSEEN = -32768


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
        """Read an archive. Raises `FileNotFoundError`, and `UnreadableClip` for another format."""
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
        subjects = int(arrays["subject"].max(initial=-1)) + 1
        arrays.setdefault("subject_names", np.arange(subjects).astype(str))
        arrays.setdefault("clip_names", np.arange(len(arrays["label"])).astype(str))
        _check_agreement(path.name, arrays)
        return cls(
            name=path.stem,
            layout=custom_layout([str(n) for n in arrays["joint_names"]], name=path.stem),
            fps=float(arrays["fps"]),
            stored=arrays["joints"],
            scale=float(arrays["scale"]),
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
        frames = self.stored[self.offsets[index] : self.offsets[index + 1]]
        if frames.ndim == 3:
            return Clip(frames[:, None].astype(np.float32) * self.scale, self.layout, self.fps)
        seen = (frames != UNSEEN).all(axis=-1)  # (T, M, V)
        there = seen.any(axis=(0, 2))
        there[0] |= not there.any()
        joints = np.where(seen[..., None], frames.astype(np.float32) * self.scale, np.nan)
        return Clip(joints[:, there].astype(np.float32), self.layout, self.fps)

    def label_name(self, index: int) -> str:
        """Return the class name of a clip."""
        return self.label_names[int(self.labels[index])]


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
