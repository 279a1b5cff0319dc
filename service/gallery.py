"""The gallery: a collection's exemplars in memory, at one version of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.gallery_scale import AS_THEY_ARE, Scale, firsts_of
from service.store import ExemplarArrays, Version


@dataclass(frozen=True, eq=False)
class Gallery:
    """A collection at one version: n exemplars in order of action and id, never changed in place.

    The order is the same in every process, however it came to know the exemplars, and so is that
    of equal scores. `embeddings` `(n, D)`, `cohort_mean` `(n,)`, `numbers` `(n,)` the position of
    each exemplar's action in `names`, `firsts` `(C,)` the row where each action begins; `local`
    `(n, S, D')` only where the model matches by it. `scale` tells its scores, where the model lets
    what is enrolled tell them.
    """

    version: Version
    space: str | None
    ids: tuple[str, ...]
    actions: tuple[str, ...]
    embeddings: NDArray[np.float32]
    cohort_mean: NDArray[np.float32]
    names: tuple[str, ...]
    numbers: NDArray[np.intp]
    firsts: NDArray[np.intp]
    local: NDArray[np.float32] | None = None
    scale: Scale = AS_THEY_ARE

    def __len__(self) -> int:
        return len(self.ids)


def gallery_of(
    version: Version,
    space: str | None,
    exemplars: Sequence[ExemplarArrays],
    width: int,
    local: tuple[int, int] | None = None,
) -> Gallery:
    """Build a gallery from the store's records; `local` is the shape `(S, D')` of local features
    that are held beside the embeddings."""
    return _assembled(
        version,
        space,
        tuple(e.id for e in exemplars),
        tuple(e.action for e in exemplars),
        _stacked(exemplars, "embedding", (width,)),
        _stacked(exemplars, "cohort_mean", ()),
        _local(exemplars, local),
        list(range(len(exemplars))),
    )


def changed(
    gallery: Gallery, version: Version, removed: Iterable[str], added: Sequence[ExemplarArrays]
) -> Gallery:
    """Return the gallery without `removed` and with `added`, at a later version."""
    gone = set(removed) | {e.id for e in added}
    keep = [row for row, id in enumerate(gallery.ids) if id not in gone]
    held = gallery.local
    fresh = gallery_of(
        version,
        gallery.space,
        added,
        gallery.embeddings.shape[1],
        None if held is None else (held.shape[1], held.shape[2]),
    )
    return _assembled(
        version,
        gallery.space if keep or added else None,
        gallery.ids + fresh.ids,
        gallery.actions + fresh.actions,
        np.concatenate([gallery.embeddings, fresh.embeddings]),
        np.concatenate([gallery.cohort_mean, fresh.cohort_mean]),
        None if held is None or fresh.local is None else np.concatenate([held, fresh.local]),
        keep + list(range(len(gallery), len(gallery) + len(fresh))),
    )


def _stacked(
    exemplars: Sequence[ExemplarArrays], name: str, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """One array of all exemplars; `shape` is that of each where there is none."""
    rows = [e.arrays[name] for e in exemplars]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, *shape), dtype=np.float32)


def _local(
    exemplars: Sequence[ExemplarArrays], shape: tuple[int, int] | None
) -> NDArray[np.float32] | None:
    if shape is None:
        return None
    for exemplar in exemplars:
        # Another model's may have none, or others: such a collection is not matched at all.
        if "local" not in exemplar.arrays or exemplar.arrays["local"].shape != shape:
            return None
    return _stacked(exemplars, "local", shape)


def _assembled(
    version: Version,
    space: str | None,
    ids: tuple[str, ...],
    actions: tuple[str, ...],
    embeddings: NDArray[np.float32],
    cohort_mean: NDArray[np.float32],
    local: NDArray[np.float32] | None,
    rows: list[int],
) -> Gallery:
    """The gallery of these of the rows."""
    rows = sorted(rows, key=lambda row: (actions[row], ids[row]))
    ids, actions = tuple(ids[row] for row in rows), tuple(actions[row] for row in rows)
    names = tuple(dict.fromkeys(actions))
    number = {name: i for i, name in enumerate(names)}
    numbers = np.array([number[action] for action in actions], dtype=np.intp)
    return Gallery(
        version,
        space,
        ids,
        actions,
        embeddings[rows],
        cohort_mean[rows],
        names,
        numbers,
        firsts_of(numbers),
        None if local is None else local[rows],
    )
