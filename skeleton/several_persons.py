"""Several persons: a clip prepared for a model that looks at more than one (ours)."""

import numpy as np

from skeleton.clip import Clip
from skeleton.errors import NothingToSee
from skeleton.layouts import Layout
from skeleton.persons import most_moving
from skeleton.preparation import Prepared, Quality, prepare


def prepare_persons(clip: Clip, layout: Layout, frames: int, persons: int) -> Prepared:
    """Prepare a clip for a model of `persons` M: `joints` `(T, M, V, 3)`, `seen` `(T, M, V)`.

    With M = 1 this is `prepare`. Otherwise the M that move most, each prepared by itself; a place
    that nobody takes has `seen` 0 throughout. Raises `NothingToSee` when nobody is there.
    """
    if persons == 1:
        return prepare(clip, layout, frames)
    one_by_one: list[Prepared] = []
    for person in most_moving(clip.joints, persons):
        alone = Clip(clip.joints[:, [person]], clip.layout, clip.fps, clip.warnings)
        try:
            one_by_one.append(prepare(alone, layout, frames))
        except NothingToSee:  # of this person nothing that the layout has; of another perhaps
            continue
    if not one_by_one:
        raise NothingToSee(f"no joint that the model knows was seen ({', '.join(layout.joints)})")
    joints = np.zeros((frames, persons, len(layout), 3), dtype=np.float32)
    seen = np.zeros((frames, persons, len(layout)), dtype=np.float32)
    for place, one in enumerate(one_by_one):
        joints[:, place], seen[:, place] = one.joints[:, 0], one.seen[:, 0]
    return Prepared(joints, seen, _together([one.quality for one in one_by_one]))


def _together(qualities: list[Quality]) -> Quality:
    """What the clip is worth: its persons' mean share seen, and the motion of the liveliest."""
    first = qualities[0]
    return Quality(
        first.frames,
        first.seconds,
        sum(quality.seen for quality in qualities) / len(qualities),
        max(quality.motion for quality in qualities),
        tuple(dict.fromkeys(remark for quality in qualities for remark in quality.warnings)),
    )
