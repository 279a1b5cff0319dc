"""Contexts in which a body word is no part of the body, or only says where something is (ours)."""

from collections.abc import Container, Sequence
from typing import Literal

from training.text.words import AND, DETERMINERS, STOPS

_PEOPLE = frozenset(
    {
        "person", "people", "body", "player", "performer", "actor", "signer", "dancer", "subject",
        "man", "woman", "child", "runner", "skeleton", "figure", "user", "boxer", "thrower",
    }
)  # fmt: skip
_THINGS = frozenset(
    {
        "table", "chair", "bed", "sofa", "bench", "stool", "stair", "ladder", "bottle", "nail",
        "hammer", "racket", "racquet", "club", "bat", "clock", "watch", "guitar", "violin",
        "tree", "umbrella", "pole", "lamp", "crane", "robot", "puppet", "trouser", "shirt",
    }
)  # fmt: skip
#: "hand height", "left hand side", "shoulder width", "arm length".
_MEASURE_AFTER = frozenset(
    {
        "height", "heights", "level", "width", "high", "wide", "length", "deep", "reach", "side",
        "held", "rail", "bag", "ball", "stand", "rest", "line", "distance", "span", "brake",
    }
)  # fmt: skip
_MEASURE_BEFORE = frozenset({"height", "level", "line"})  # "at the height of the shoulder"
_WHERE = frozenset(
    {
        "above", "below", "beneath", "under", "underneath", "over", "past", "beyond", "behind",
        "beside", "near", "alongside", "between", "across", "than", "outside", "inside",
    }
)  # fmt: skip
_WHERE_PAIRS = frozenset(
    {("front", "of"), ("next", "to"), ("close", "to"), ("high", "as"), ("low", "as"),
     ("far", "as"), ("level", "with"), ("line", "with"), ("ahead", "of"), ("top", "of"),
     ("clear", "of"), ("short", "of"), ("side", "of"), ("sides", "of")}
)  # fmt: skip
_MODIFIERS = DETERMINERS | {
    "left", "right", "both", "own", "other", "opposite", "its", "same", "two", "bent", "raised",
    "standing", "straight", "lifted",
}  # fmt: skip
_BACK_DETERMINERS = DETERMINERS - {"a", "an"} | {
    "its", "straight", "flat", "rounded", "round", "arched", "hunched", "curved", "bent",
}  # fmt: skip
_NUMBERS = frozenset(
    {"three", "four", "five", "six", "seven", "eight", "nine", "ten", "few", "several", "many"}
)
_EXTENTS = frozenset({"away", "high", "tall", "long", "deep", "wide", "off", "above"})
_SUBJECTS = frozenset({"person", "he", "she", "they", "who", "player", "performer", "then", "and"})


def is_no_body_part(
    tokens: Sequence[str], i: int, nouns: Container[str]
) -> Literal["landmark", "other"] | None:
    """None where the body word at `i` names a part that acts; "landmark" where it only says where
    ("above the head", "at the height of the shoulder"); "other" where it is something else."""
    word = tokens[i]
    before, after = _at(tokens, i - 1), _at(tokens, i + 1)
    if (
        before in _THINGS
        or _at(tokens, i - 1).removesuffix("s") in _THINGS
        or _idiom(tokens, i)
        or (word in ("back", "backs") and not _is_the_back(tokens, i, nouns))
        or (after == "of" and not _is_of_a_person(tokens, i + 2, nouns))
    ):
        return "other"
    if after in _MEASURE_AFTER:
        return "landmark"
    j = i - 1
    while j >= 0 and tokens[j] in _MODIFIERS:
        j -= 1
    governor, earlier = _at(tokens, j), _at(tokens, j - 1)
    if governor in _WHERE or (earlier, governor) in _WHERE_PAIRS:
        return "landmark"
    return "landmark" if governor == "of" and earlier in _MEASURE_BEFORE else None


def _at(tokens: Sequence[str], i: int) -> str:
    return tokens[i] if 0 <= i < len(tokens) else ""


def _idiom(tokens: Sequence[str], i: int) -> bool:
    word, before, after = tokens[i], _at(tokens, i - 1), _at(tokens, i + 1)
    if word == "hand":
        on_the = _at(tokens, i - 3) == "on" and _at(tokens, i - 2) == "the"
        on_one = _at(tokens, i - 2) == "on" and before == "one" and after == ","
        idle = before in ("by", "at", "beforehand") or (before == "in" and after == "in")
        return idle or on_one or (on_the and before in ("one", "other") and after in (",", ""))
    if word == "foot":
        return before == "on"
    if word == "feet":
        counted = before.isdigit() or before in _NUMBERS
        return counted or (before == "two" and after in _EXTENTS)
    if word in ("heads", "head", "hands", "arms", "shoulders", "elbows"):
        verb = before in _SUBJECTS and tokens[i].endswith("s")
        onward = {"for", "toward", "towards", "off", "it", "over", "something", "out", "his", "a"}
        return verb and after in onward
    if word in ("hip", "hips"):
        return after == "hop"
    return word == "palm" and after in ("tree", "trees")


def _is_the_back(tokens: Sequence[str], i: int, nouns: Container[str]) -> bool:
    """ "back" is mostly a direction: it is the body's where an article or the like says so."""
    before, earlier, after = _at(tokens, i - 1), _at(tokens, i - 2), _at(tokens, i + 1)
    if before not in _BACK_DETERMINERS or after in nouns or after in ("and", "foot"):
        return after == "and" and before in _BACK_DETERMINERS and _at(tokens, i + 2) in nouns
    return earlier not in ("to", "at", "in", "from", "toward", "towards")


def _is_of_a_person(tokens: Sequence[str], start: int, nouns: Container[str]) -> bool:
    """Whether what "the hand of …" belongs to is a person or a part of one; not a table."""
    for j in range(start, min(start + 5, len(tokens))):
        if tokens[j] in STOPS or tokens[j] in AND:
            return False
        if tokens[j] in nouns or tokens[j] in _PEOPLE:
            # The back of the hand is not the back.
            return tokens[start - 2] != "back" or tokens[j] in _PEOPLE
    return False
