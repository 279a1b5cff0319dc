"""Relatives: base classes of the same action as a class that is kept out of the training (ours)."""

from collections.abc import Mapping
from typing import NamedTuple, Self

from training.config import DataConfig, KeptOut
from training.split import listed_classes

_NOTHING = KeptOut(classes=())


class Relatives(NamedTuple):
    """Classes as (set, label): `found` are the same action as one kept out, in whatever set; of the
    `untold`, which are kept out, nothing tells the action, so that theirs cannot be found.

    A class of several archives under one name is one class: what is known of it in any is known.
    """

    found: frozenset[tuple[str, str]]
    untold: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, config: DataConfig, canonical: Mapping[tuple[str, str], str]) -> Self:
        """By the canonical actions of (archive, label). Raises `BadConfig` for an unknown split."""
        kept_out = {
            (entry.name, label)
            for entry in config.sets
            for label in config.pseudo_novel.get(entry.name, _NOTHING).classes
        }
        told: dict[tuple[str, str], set[str]] = {}
        for entry in config.sets:
            only = None if entry.only is None else listed_classes(entry.only)
            for (archive, label), action in canonical.items():
                if archive == entry.archive and (only is None or label in only):
                    told.setdefault((entry.name, label), set()).add(action)
        apart = {action for one in kept_out for action in told.get(one, ())}
        found = (one for one, actions in told.items() if one not in kept_out and actions & apart)
        return cls(frozenset(found), frozenset(kept_out - told.keys()))
