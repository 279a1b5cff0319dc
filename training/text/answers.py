"""Answers: what a language model wrote, read with patience (ours).

Models put JSON into fences, think aloud before it, spell joints in their own way and say of some
that they stay still. What is left over is named, so that the model can be asked again.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from skeleton.joint_names import canonical, did_you_mean, nearest_joints
from training.text.action_text import Side, says_still
from training.text.errors import BadAnswer

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def read_global(answer: str) -> tuple[Side, tuple[str, ...]]:
    """Return side and paraphrases of the answer to prompt 1. Raises `BadAnswer`."""
    found = _object(answer)
    side = str(found.get("side", "")).strip().lower()
    if side not in get_args(Side):
        raise BadAnswer(f'"side" must be one of {", ".join(get_args(Side))}, not {side!r:.40}')
    texts = found.get("global")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadAnswer('"global" must be a list of texts')
    paraphrases = tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
    if len(paraphrases) < 2:
        raise BadAnswer('"global" must hold two or more descriptions that differ')
    return side, paraphrases  # type: ignore[return-value]  # one of Side: checked above


def read_local(answer: str) -> dict[str, str]:
    """Return the sentence of each joint that moves, by canonical name, of the answer to prompt 2.

    Raises `BadAnswer`, also for a joint that nobody knows, with the nearest that there are.
    """
    sentences: dict[str, str] = {}
    for name, text in _pairs(_object(answer)):
        joint = canonical(name)
        if joint is None:
            hint = did_you_mean(nearest_joints(name))
            raise BadAnswer(f"{name[:60]!r} is not a joint{hint}")
        if text is None:
            continue
        if not isinstance(text, str):
            raise BadAnswer(f"what {name} does must be a text, not {text!r:.60}")
        sentence = " ".join(text.split())
        if says_still(sentence):
            continue
        sentences[joint] = sentence if sentence.endswith((".", "!")) else sentence + "."
    if not sentences:
        raise BadAnswer("no joint moves in it")
    return sentences


def _pairs(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The joints, also where the model put them a level deeper."""
    if len(found) == 1:
        (inner,) = found.values()
        if isinstance(inner, dict):
            found = inner
    return list(found.items())


def _object(answer: str) -> dict[str, Any]:
    """The first JSON object in a text that may hold more than that."""
    text = _THOUGHTS.sub("", answer)
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict):
            return found
    raise BadAnswer("it holds no JSON object")
