"""Clips prepared for a model of several persons."""

import numpy as np
import pytest

from skeleton import LAYOUTS, Clip, prepare, prepare_persons
from skeleton.animator import animate
from skeleton.errors import NothingToSee

BODY = LAYOUTS["body16"]


def together(*clips: Clip) -> Clip:
    frames = min(len(clip.joints) for clip in clips)
    joints = np.concatenate([clip.joints[:frames] for clip in clips], axis=1)
    return Clip(joints, clips[0].layout, clips[0].fps)


WAVE, KICK, STILL = animate("wave"), animate("kick"), animate("bow", seed=3)
STILL = Clip(np.repeat(STILL.joints[:1], 90, axis=0), STILL.layout, STILL.fps)


def test_for_one_person_nothing_changes() -> None:
    clip = together(WAVE, KICK)
    ours, plain = prepare_persons(clip, BODY, 32, 1), prepare(clip, BODY, 32)
    np.testing.assert_array_equal(ours.joints, plain.joints)
    assert ours.quality == plain.quality


def test_each_person_is_prepared_as_if_alone_and_an_empty_place_is_unseen() -> None:
    both = prepare_persons(together(WAVE, KICK), BODY, 32, 2)
    assert both.joints.shape == (32, 2, 16, 3)
    for place, clip in enumerate((WAVE, KICK)):
        alone = prepare(Clip(clip.joints[: len(KICK.joints)], clip.layout, clip.fps), BODY, 32)
        np.testing.assert_array_equal(both.joints[:, place], alone.joints[:, 0])
    one = prepare_persons(WAVE, BODY, 32, 2)
    assert one.seen[:, 0].all()
    assert not one.seen[:, 1].any()
    assert not one.joints[:, 1].any()


def test_of_three_those_who_move_most_are_taken_in_their_order() -> None:
    three = prepare_persons(together(STILL, WAVE, KICK), BODY, 32, 2)
    two = prepare_persons(together(WAVE, KICK), BODY, 32, 2)
    np.testing.assert_array_equal(three.joints, two.joints)


def test_nobody_at_all_is_refused() -> None:
    clip = Clip(np.full_like(WAVE.joints, np.nan), WAVE.layout, WAVE.fps)
    with pytest.raises(NothingToSee):
        prepare_persons(clip, BODY, 32, 2)
