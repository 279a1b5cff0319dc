"""The one-shot protocol."""

import numpy as np
import pytest

from training.evaluation.protocol import UnusableSet, episodes, evenly

LABELS = np.repeat(np.arange(5), 12)
SUBJECTS = np.tile(np.repeat(np.arange(4), 3), 5)


def test_every_subject_gives_the_exemplars_in_turn_and_as_often_as_asked() -> None:
    drawn = episodes(LABELS, SUBJECTS, repeats=3)
    assert [e.subject for e in drawn] == [0, 1, 2, 3] * 3
    for episode in drawn:
        assert (SUBJECTS[episode.exemplars] == episode.subject).all()
        assert not episode.borrowed.any()


def test_every_class_has_exactly_one_exemplar() -> None:
    for episode in episodes(LABELS, SUBJECTS):
        assert LABELS[episode.exemplars].tolist() == episode.classes.tolist() == [0, 1, 2, 3, 4]


def test_queries_are_all_clips_of_every_other_subject() -> None:
    for episode in episodes(LABELS, SUBJECTS):
        others = np.flatnonzero(episode.subject != SUBJECTS)
        assert episode.queries.tolist() == others.tolist()


def test_a_class_the_subject_did_not_perform_is_borrowed_and_its_exemplar_is_no_query() -> None:
    keep = ~((LABELS == 2) & (SUBJECTS == 1))
    labels, subjects = LABELS[keep], SUBJECTS[keep]
    for episode in episodes(labels, subjects):
        lent = episode.exemplars[episode.borrowed]
        assert episode.classes[episode.borrowed].tolist() == ([2] if episode.subject == 1 else [])
        assert (subjects[lent] != episode.subject).all()
        others = np.flatnonzero(subjects != episode.subject)
        assert episode.queries.tolist() == [i for i in others if i not in lent]
        own = episode.exemplars[~episode.borrowed]
        assert (subjects[own] == episode.subject).all()


def test_half_of_the_classes_drawn_anew_are_not_enrolled_in_the_open_set() -> None:
    drawn = episodes(LABELS, SUBJECTS, repeats=5)
    assert {int((~e.enrolled).sum()) for e in drawn} == {2}
    assert len({tuple(e.enrolled) for e in drawn}) > 3


def test_the_same_seed_gives_every_method_the_same_episodes() -> None:
    def told(repeats: int, seed: int) -> list[tuple[list[int], list[int], list[bool]]]:
        drawn = episodes(LABELS, SUBJECTS, repeats=repeats, seed=seed)
        return [(e.exemplars.tolist(), e.queries.tolist(), e.enrolled.tolist()) for e in drawn]

    assert told(3, 0) == told(3, 0)
    assert told(5, 0)[:12] == told(3, 0)
    assert told(3, 0) != told(3, 1)


def test_fewer_episodes_are_spread_over_the_subjects() -> None:
    drawn = episodes(LABELS, SUBJECTS)
    assert [e.subject for e in evenly(drawn, 2)] == [0, 2]
    assert sorted(e.subject for e in evenly(drawn, 6)) == [0, 0, 1, 1, 2, 3]
    assert evenly(drawn, None) == drawn == evenly(drawn, 99)


def test_a_set_with_one_subject_is_refused_with_the_reason() -> None:
    with pytest.raises(UnusableSet, match="two subjects"):
        episodes(LABELS, np.zeros_like(SUBJECTS))
