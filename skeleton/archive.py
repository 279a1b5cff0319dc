"""Archive: many labelled clips in one uniform `.npz` (format: the README's "Data" section)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Clip
from skeleton.errors import UnreadableClip
from skeleton.layouts import Layout, custom_layout

_NEEDED = ("joints", "scale", "offsets", "label", "subject", "label_names", "joint_names", "fps")


@dataclass(frozen=True, eq=False)
class Archive:
    """One data set in memory: n clips, y up, metres, one person each.

    `stored` int16 `(frames, V, 3)` times `scale` is metres; `offsets` `(n + 1,)` cuts it into
    clips; `labels` and `subjects` `(n,)` index `label_names` and `subject_names`.
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
            with np.load(path, allow_pickle=False) as data:
                missing = [key for key in _NEEDED if key not in data.files]
                if missing:
                    raise UnreadableClip(f"{path.name} lacks the arrays {', '.join(missing)}")
                arrays = {key: data[key] for key in data.files if data[key].dtype.kind != "O"}
        except (ValueError, OSError, EOFError) as error:
            if isinstance(error, FileNotFoundError | UnreadableClip):
                raise
            raise UnreadableClip(f"{path.name} is not a readable .npz archive: {error}") from error
        clips = len(arrays["offsets"]) - 1
        if arrays["joints"].shape[1:] != (len(arrays["joint_names"]), 3) or (
            int(arrays["offsets"][-1]) != len(arrays["joints"])
        ):
            raise UnreadableClip(f"{path.name}: joints, joint_names and offsets do not agree")
        subject_names = arrays.get("subject_names", np.unique(arrays["subject"]).astype(str))
        clip_names = arrays.get("clip_names", np.arange(clips).astype(str))
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
            subject_names=tuple(str(n) for n in subject_names),
            clip_names=tuple(str(n) for n in clip_names),
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Clip]:
        return (self.clip(i) for i in range(len(self)))

    def clip(self, index: int) -> Clip:
        """Return one clip, float32 `(T, 1, V, 3)` metres."""
        frames = self.stored[self.offsets[index] : self.offsets[index + 1]]
        return Clip(frames[:, None].astype(np.float32) * self.scale, self.layout, self.fps)

    def label_name(self, index: int) -> str:
        """Return the class name of a clip."""
        return self.label_names[int(self.labels[index])]
