"""The published one-shot episode, and drawn ones."""

from dataclasses import replace

import numpy as np
import pytest

from skeleton import Archive
from training.evaluation.one_shot import MissingExemplar, drawn_episodes, fixed_episode
from training.evaluation.protocol import UnusableSet
from training.split import Split

SPLIT = replace(
    Split.read("ntu60"),
    novel=("rise", "push"),
    exemplars={"rise": "4", "push": "20"},
    base={2: ("wave", "circle")},
)


def test_the_fixed_exemplars_are_those_named_and_every_other_sample_is_a_query(
    archive: Archive,
) -> None:
    episode = fixed_episode(archive, SPLIT)
    assert [archive.clip_names[clip] for clip in episode.exemplars] == ["4", "20"]
    assert [archive.label_names[label] for label in episode.classes] == ["rise", "push"]
    novel = np.flatnonzero(np.isin(archive.labels, episode.classes))
    assert sorted([*episode.queries, *episode.exemplars]) == novel.tolist()
    assert int(episode.enrolled.sum()) == 1


def test_a_missing_exemplar_is_named(archive: Archive) -> None:
    split = replace(SPLIT, exemplars={"rise": "4", "push": "S001C003P008R001A013"})
    with pytest.raises(MissingExemplar, match="S001C003P008R001A013 of push is not in the archive"):
        fixed_episode(archive, split)


def test_where_none_is_published_the_first_by_name_is_taken(archive: Archive) -> None:
    episode = fixed_episode(archive, replace(SPLIT, exemplars=None))
    names = [archive.clip_names[clip] for clip in episode.exemplars]
    assert names == ["0", "18"]


def test_drawn_exemplars_differ_and_more_draws_leave_the_earlier(archive: Archive) -> None:
    few, many = (drawn_episodes(archive, SPLIT, count) for count in (3, 8))
    assert [e.exemplars.tolist() for e in few] == [e.exemplars.tolist() for e in many[:3]]
    assert len({tuple(episode.exemplars) for episode in many}) > 4
    for episode in many:
        assert archive.labels[episode.exemplars].tolist() == episode.classes.tolist()
        assert not set(episode.queries) & set(episode.exemplars)
        assert len(episode.queries) == 16


def test_a_novel_class_without_a_query_is_named(archive: Archive) -> None:
    with pytest.raises(UnusableSet, match="an exemplar and a query, of jump"):
        drawn_episodes(archive, replace(SPLIT, novel=("rise", "jump")), 1)
