"""The recogniser: what enrolling and recognising mean, without any HTTP."""

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from service.alignment import aligned_similarity
from service.encoder import Encoder
from service.galleries import Galleries
from service.gallery import Gallery
from service.joint_importance import importance_by_joint
from service.matching import (
    STRANGERS,
    Judgement,
    Match,
    best_actions,
    judge,
    nearest,
    normalised_scores,
    probabilities,
    reranked,
)
from service.model_outputs import LOCAL, Arrays
from service.store import (
    Added,
    Exemplar,
    SpaceMismatch,
    Store,
    StoredClip,
    StoreUnavailable,
)
from skeleton import Layout, Quality, Recording

#: Two embeddings are of one clip where no number differs by more; their cosine is above `_NEAR`.
_SAME, _NEAR = 1e-6, 0.9999


@dataclass(frozen=True)
class Similar:
    """Another enrolled action that the new exemplar resembles most."""

    action: str
    similarity: float


@dataclass(frozen=True)
class SameClip:
    """An exemplar that was there already, of which the new one is the same clip to the model."""

    action: str
    exemplar_id: str


@dataclass(frozen=True)
class Enrolled:
    """What an enrolment did."""

    exemplar: Exemplar
    added: Added
    quality: Quality
    similar: Similar | None
    same_as: SameClip | None


@dataclass(frozen=True)
class Recognised:
    """What was recognised, and in which state of the collection; the weight that the encoder
    gave each joint, largest first, where the model tells."""

    judgement: Judgement
    revision: int
    stale: bool
    warnings: tuple[str, ...]
    joint_importance: dict[str, float] | None


class Recogniser:
    """Encoder, galleries and store together. All calls may come from several threads."""

    def __init__(self, encoder: Encoder, store: Store) -> None:
        self.encoder = encoder
        self.store = store
        self.galleries = Galleries(
            store,
            encoder.info.width,
            encoder.info.space,
            local=encoder.outputs.local,
            norm=encoder.info.calibration.gallery,
        )

    def enroll(self, collection: str, action: str, recording: Recording) -> Enrolled:
        """Add one exemplar, durably.

        Raises `UnusableClip`, `UnknownCollection`, `SpaceMismatch`, `StoreUnavailable`; then
        nothing was stored. Only `OutcomeUnknown`, a `StoreUnavailable` too, leaves it open: a
        second call would be another exemplar.
        """
        arrays, quality = self.encoder.embed(recording)
        similar, same_as = self._resembling(collection, action, arrays)
        exemplar = Exemplar(
            id=uuid.uuid4().hex,
            action=action,
            created=datetime.now(UTC),
            metadata={"quality": asdict(quality)},
        )
        added = self.store.add(
            collection,
            exemplar,
            space=self.encoder.info.space,
            arrays={name: np.asarray(array) for name, array in arrays.items()},
            clip=stored_clip(recording),
        )
        self.galleries.follow(collection)
        return Enrolled(exemplar, added, quality, similar, same_as)

    def recognize(
        self, collection: str, recording: Recording, count: int, strangers: float = STRANGERS
    ) -> Recognised:
        """Judge one clip by the nearest exemplars; at most `count` actions are answered, with their
        probabilities where a share `strangers` of what is asked is of no enrolled action.

        Raises `UnusableClip`, `UnknownCollection`, `SpaceMismatch`, and `StoreUnavailable` when
        the collection was never loaded.
        """
        gallery, stale = self._gallery(collection)
        arrays, quality = self.encoder.embed(recording)
        info = self.encoder.info
        matches = self._matches(gallery, arrays, count + 1, strangers)
        warnings = quality.warnings
        if not matches:
            warnings += (f"nothing_enrolled: the collection {collection} holds no action",)
        return Recognised(
            judge(matches, count, info.calibration, gallery.scale.unit),
            gallery.version.revision,
            stale,
            warnings,
            importance_by_joint(arrays, info.layout),
        )

    def _gallery(self, collection: str) -> tuple[Gallery, bool]:
        gallery, stale = self.galleries.current(collection)
        if gallery.space not in (None, self.encoder.info.space):
            raise SpaceMismatch(collection, str(gallery.space), self.encoder.info.space)
        return gallery, stale

    def _matches(
        self, gallery: Gallery, arrays: Arrays, count: int, strangers: float = STRANGERS
    ) -> list[Match]:
        if not len(gallery):
            return []
        similarity = gallery.embeddings @ arrays["embedding"]
        scale, centred = gallery.scale, similarity
        if scale.centre is not None:
            centred = scale.centre.cosines(similarity, arrays["embedding"])
        scores = normalised_scores(centred, arrays["cohort_mean"], gallery.cohort_mean)
        calibration, matching = self.encoder.info.calibration, self.encoder.info.local
        if matching is not None and gallery.local is not None:
            rows = nearest(similarity, gallery.numbers)
            aligned = aligned_similarity(arrays[LOCAL], gallery.local[rows], matching.band)
            scores = reranked(scores, similarity, rows, aligned, matching.weight)
        of_actions = np.maximum.reduceat(scores, gallery.firsts)
        best = float(of_actions.max())
        chances = probabilities(
            (best - scale.level) / scale.unit, best - of_actions, calibration.probability, strangers
        )
        found = []
        for number, row in best_actions(scores, gallery.numbers, count):
            score = (float(scores[row]) - scale.level) / scale.unit
            names = (gallery.names[number], gallery.ids[row])
            found.append(Match(*names, float(similarity[row]), score, float(chances[number])))
        return found

    def _resembling(
        self, collection: str, action: str, arrays: Arrays
    ) -> tuple[Similar | None, SameClip | None]:
        try:
            gallery, _ = self._gallery(collection)
        except (StoreUnavailable, SpaceMismatch):
            return None, None  # the store's word counts, and the enrolment asks it
        others = [m for m in self._matches(gallery, arrays, 2) if m.action != action]
        similar = Similar(others[0].action, others[0].similarity) if others else None
        return similar, _same_clip(gallery, arrays["embedding"])


def _same_clip(gallery: Gallery, embedding: NDArray[np.float32]) -> SameClip | None:
    """The first exemplar of the same embedding `(D,)`, to `_SAME` in each number."""
    # Few come as near by the cosine, and only those are looked at.
    near = np.flatnonzero(gallery.embeddings @ embedding > _NEAR)
    for row in near[np.abs(gallery.embeddings[near] - embedding).max(axis=1, initial=0) <= _SAME]:
        return SameClip(gallery.names[gallery.numbers[row]], gallery.ids[row])
    return None


def stored_clip(recording: Recording) -> StoredClip:
    """The recording as the store keeps it."""
    return StoredClip(
        joints=recording.joints,
        layout=recording.layout.name,
        joint_names=recording.layout.joints,
        parents=recording.layout.parents,
        axes=recording.axes,
        fps=recording.fps,
        person=recording.person,
    )


def recording_of(clip: StoredClip) -> Recording:
    """The recording that was stored."""
    layout = Layout(clip.layout, clip.joint_names, clip.parents, clip.axes)
    return Recording(clip.joints, layout, clip.axes, clip.fps, clip.person)
