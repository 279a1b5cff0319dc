"""The words of a mirror image: left and right, clockwise and counter-clockwise (ours)."""

import re

_SIDES = re.compile(r"\b(left|right)(?=(?:wards?|most)?\b)", re.IGNORECASE)
_TURNS = re.compile(r"\b(counter[- ]?clockwise|anti[- ]?clockwise|clockwise)\b", re.IGNORECASE)

# After one of these, "left" and "right" are sides whatever follows.
_ARTICLE = re.compile(r"\b(the|a|its|his|her|their|your|to|both|or|and)[ -]$", re.IGNORECASE)
_RIGHT_ANGLE = re.compile(r"right[- ]angle", re.IGNORECASE)
_ADVERB = re.compile(
    r"right (?:away|after|before|above|below|over|under|behind|beside|next|in front|at|into|up|"
    r"down|through|from the start|then|where|when|as)\b(?! (?:the |its |his |her )?left\b)",
    re.IGNORECASE,
)
# These follow a direction as well, where "left" has one: "left at the waist, right at the chest".
_THERE = r"(?:at|up|down|over|into|through|above|below|under|behind)\b"
_EITHER = re.compile(rf"right {_THERE}", re.IGNORECASE)
_LEFT_THERE = re.compile(rf"left {_THERE}", re.IGNORECASE)
_ALL_RIGHT = re.compile(r"\b(all|just|exactly) $", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\b(is|are|be|been|being|has|have|had) $", re.IGNORECASE)

_OPPOSITE = {"left": "right", "right": "left"}


def mirrored_words(text: str) -> str:
    """Swap left and right in a text, and the sense of turns.

    "a right angle", "right away" and "is left hanging" are no sides, and stay; "right up" is a
    side where the text also says "left down" or the like.
    """
    text = _SIDES.sub(_swap, text)
    return _TURNS.sub(_turn, text)


def _swap(found: re.Match[str]) -> str:
    word, text = found[0], found.string
    before, after = text[: found.start()], text[found.start() :]
    if _RIGHT_ANGLE.match(after) or (_PARTICIPLE.search(before) and word.lower() == "left"):
        return word
    adverb = _ADVERB.match(after) and not (_EITHER.match(after) and _has_direction_left(text))
    if not _ARTICLE.search(before) and (adverb or _ALL_RIGHT.search(before)):
        return word
    return _cased(_OPPOSITE[word.lower()], word)


def _has_direction_left(text: str) -> bool:
    """Whether "left" is said as "right" may be: "sweeps left down", and not "the left hand"."""
    return any(
        not _ARTICLE.search(before := text[: found.start()]) and not _PARTICIPLE.search(before)
        for found in _LEFT_THERE.finditer(text)
    )


def _turn(found: re.Match[str]) -> str:
    word = found[0]
    return _cased("counter-clockwise" if word.lower() == "clockwise" else "clockwise", word)


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
