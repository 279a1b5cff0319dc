"""Phrases: where a text names parts of the body, and of which side (ours).

English as descriptions of movement use it; no parser. The paper's noun phrases come from Stanford
CoreNLP [N]; a dictionary and the words around its entries do here [R].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.text.action_text import Acting
from training.text.contexts import is_no_body_part
from training.text.words import AND, DETERMINERS, DIRECTIONS, PREPOSITIONS, STOPS, words

_SIDES = ("left", "right")
_OTHER: dict[Acting, Acting] = {"left": "right", "right": "left", "both": "both"}
_WAYS = {"to", "toward", "towards", "from"}
_EVERY = {"both", "each", "either", "two", "all", "alternating", "alternate"}
_SAME = {"its", "same", "that"}
_FARTHEST = 4  # words between a side and its noun: "the right slightly bent upper arm"


@dataclass(frozen=True)
class Noun:
    """A body word. `mass` words come in several a side: "the fingers" need not be of both."""

    name: str
    plural: bool = False
    mass: bool = False


@dataclass(frozen=True)
class Mention:
    """A part of the body that a text names, and its side, which means nothing for a middle one."""

    name: str
    side: Acting
    landmark: bool = False  # only says where: "above the head"


def mentions(text: str, nouns: Mapping[str, Noun], acting: Acting = "both") -> list[Mention]:
    """Return the parts of the body that a text names, in order.

    A side holds for what is listed with it ("the right shoulder, elbow and wrist") and is that of
    the later "the elbow", "its wrist", "the other hand". Before any side is named, a single part
    is of the `acting` side; a plural is of both.
    """
    return _Reader(words(text), nouns, acting).read()


class _Reader:
    def __init__(self, tokens: Sequence[str], nouns: Mapping[str, Noun], acting: Acting) -> None:
        self.tokens, self.nouns, self.acting = tokens, nouns, acting
        self.last: Acting = acting

    def read(self) -> list[Mention]:
        found: list[Mention] = []
        at = -1  # of the body word before
        for i, token in enumerate(self.tokens):
            noun = self.nouns.get(token)
            if noun is None:
                if found and self._stands_alone(i):
                    side = self._side_alone(token)
                    found.append(Mention(found[-1].name, side))
                    self.last = side
                continue
            listed = at >= 0 and all(word in AND for word in self.tokens[at + 1 : i])
            elsewhere = is_no_body_part(self.tokens, i, self.nouns)
            if listed and found and found[-1].landmark and elsewhere is None:
                elsewhere = "landmark"
            at = i
            if elsewhere == "other":
                at = -1
                continue
            owner = self._owner(i)
            side = self._side(owner, noun, found[-1].side if listed and found else None)
            found.append(Mention(noun.name, side, elsewhere == "landmark"))
            if elsewhere is None:
                self.last = side
        return [mention for mention in found if not mention.landmark]

    def _owner(self, i: int) -> int:
        """Where the side is said: "the fingers of the left hand" are those of the hand."""
        if self.tokens[i + 1 : i + 2] == ["of"]:
            for j in range(i + 2, min(i + 3 + _FARTHEST, len(self.tokens))):
                if self.tokens[j] in self.nouns:
                    return j
        return i

    def _side(self, i: int, noun: Noun, listed: Acting | None) -> Acting:
        for j in range(i - 1, max(i - 2 - _FARTHEST, -1), -1):
            word = self.tokens[j]
            if word in _SIDES:
                # "the left and right hand", "the left and the right hand"
                before = [w for w in self.tokens[max(j - 5, 0) : j] if w not in DETERMINERS]
                other = {*_SIDES} - {word}
                pair = len(before) > 1 and before[-1] in AND and before[-2] in other
                # "to the left, the right hip" is a direction and a side.
                pair = pair and _WAYS.isdisjoint(before[-3:-2])
                return "both" if pair else "left" if word == "left" else "right"
            if word in _EVERY:
                return "both"
            if word in ("other", "opposite"):
                return _OTHER[self.last]
            if word in _SAME:
                return self.last
            if word == "one":
                return "both" if noun.plural else self.acting
            if word in DETERMINERS:
                # "both the knees", "each of the hands"
                before = [w for w in self.tokens[max(j - 2, 0) : j] if w != "of"]
                if before and before[-1] in _EVERY:
                    return "both"
                listed = None
                break
            if word in self.nouns or word in STOPS or word in AND or word in PREPOSITIONS:
                break
        if noun.plural and not noun.mass:
            return "both"
        return listed or self.last

    def _stands_alone(self, i: int) -> bool:
        """ "The right hand punches, then the left": a side whose noun was named before."""
        tokens = self.tokens
        if tokens[i] not in (*_SIDES, "other") or i == 0 or tokens[i - 1] not in ("the", "then"):
            return False
        if i >= 2 and tokens[i - 2] not in (*AND, *STOPS, "then", "while", "by", "than", "over"):
            return False
        for word in tokens[i + 1 : i + 1 + _FARTHEST]:
            if word in self.nouns or word in DIRECTIONS:
                return False
            if word in DETERMINERS or word in STOPS or word in AND or word in PREPOSITIONS:
                return True
        return True

    def _side_alone(self, token: str) -> Acting:
        return _OTHER[self.last] if token == "other" else "left" if token == "left" else "right"
