"""Persons: which one of several is looked at."""

import numpy as np
import pytest

from skeleton.animator import animate
from skeleton.errors import UnknownPerson
from skeleton.persons import choose_person

KICK = animate("kick").joints
STILL = np.repeat(KICK[:1], len(KICK), axis=0)


def test_the_person_who_moves_most_is_chosen_by_number_and_the_crowd_is_told() -> None:
    person, crowd = choose_person(np.concatenate([STILL, KICK, STILL], axis=1), None)
    assert person == 1
    assert crowd is not None
    assert crowd.startswith("more_persons: 3 persons were seen, person 1 moves most")


def test_the_callers_choice_and_the_only_one_are_no_news() -> None:
    both = np.concatenate([STILL, KICK], axis=1)
    assert choose_person(both, 0) == (0, None)
    assert choose_person(KICK, None) == (0, None)
    both[:, 0] = np.nan
    assert choose_person(both, None) == (1, None)


@pytest.mark.parametrize("person", [-1, 2])
def test_who_is_not_there_cannot_be_chosen(person: int) -> None:
    with pytest.raises(UnknownPerson, match="has 2"):
        choose_person(np.concatenate([STILL, KICK], axis=1), person)
