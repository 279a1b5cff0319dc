"""Words of a text, and the small ones that its phrases hang on (ours)."""

import re

STOPS = frozenset(".,;:!?()")
AND = frozenset({",", "and", "or", "then", "&", "/", "nor"})
DETERMINERS = frozenset({"the", "a", "an", "this", "his", "her", "their", "your", "my", "our"})
#: What follows a side that is a direction: "the left side".
DIRECTIONS = frozenset({"side", "sides", "direction", "of", "half", "way", "again"})
PREPOSITIONS = frozenset(
    {
        "with", "of", "to", "from", "at", "in", "on", "by", "for", "toward", "towards", "into",
        "onto", "against", "across", "around", "through", "along", "behind", "above", "below",
        "over", "under", "beside", "near", "past", "between", "while", "as", "until", "when",
        "so", "that", "than", "is", "are",
    }
)  # fmt: skip

_JOINED = re.compile(r"\b(upper|lower) (arm|leg|back|body)(s?)\b")
_DASH = re.compile(r"\s-+\s|[\u2013\u2014]")
_POSSESSIVE = re.compile(r"['\u2019]s?\b")
_WORD = re.compile(r"[a-z]+|\d+|[.,;:!?()/&]")


def words(text: str) -> list[str]:
    """Lower-case words and marks: "upper arm" is one, "left-hand" two, "arm's" is "arm"."""
    text = _POSSESSIVE.sub("", _DASH.sub(" , ", text.lower()))
    text = " ".join(text.replace("-", " ").replace("_", " ").split())
    text = _JOINED.sub(lambda m: m[1] + m[2] + m[3], text)
    return _WORD.findall(text)
