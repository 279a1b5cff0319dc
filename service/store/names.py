"""Which names the store takes: what they may hold decides what a key can be broken with."""

from __future__ import annotations

import re
import unicodedata

from service.store.errors import InvalidName

_COLLECTION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_EXEMPLAR = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SPACE = re.compile(r"[A-Za-z0-9._:+-]{1,128}")
ACTION_LENGTH = 200


def is_collection(name: str) -> bool:
    """Whether a collection may have this name."""
    return _COLLECTION.fullmatch(name) is not None


def check_collection(name: str) -> str:
    """Returns the name. Raises InvalidName."""
    if not is_collection(name):
        raise InvalidName(
            f"{name!r} cannot name a collection: 1 to 64 of the letters A-Z a-z 0-9 . _ -"
        )
    return name


def check_action(action: str) -> str:
    """Returns the name: 1 to 200 characters, no control character, no "/", and no U+FFFD, which
    stands in an address for bytes that are no UTF-8. Raises InvalidName."""
    if not 1 <= len(action) <= ACTION_LENGTH:
        raise InvalidName(f"an action's name has 1 to {ACTION_LENGTH} characters")
    # Cs: half a surrogate pair has no UTF-8 form.
    if (
        "/" in action
        or "\ufffd" in action
        or any(unicodedata.category(c) in ("Cc", "Cs") for c in action)
    ):
        raise InvalidName(
            f"{action!r} cannot name an action: no control characters, no '/', no U+FFFD"
        )
    return action


def check_exemplar(id: str) -> str:
    """Returns the id. Raises InvalidName."""
    if _EXEMPLAR.fullmatch(id) is None:
        raise InvalidName(
            f"{id!r} cannot be an exemplar's id: 1 to 64 of the letters A-Z a-z 0-9 . _ -"
        )
    return id


def check_space(space: str) -> str:
    """Returns the space. Raises InvalidName."""
    if _SPACE.fullmatch(space) is None:
        raise InvalidName(
            f"{space!r} cannot be a space: 1 to 128 of the letters A-Z a-z 0-9 . _ : + -"
        )
    return space
