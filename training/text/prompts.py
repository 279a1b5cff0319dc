"""The two prompts: what matters in an action, and what each joint does in it.

That there are two, and that only the action's name and the joint list change from one data set to
the next, is the paper's [N]; their wording is not known and is ours [R]. Any language model that
follows instructions will do.
"""

import json
from collections.abc import Mapping, Sequence

from training.text.action_text import DESCRIBED
from training.text.body_words import BODY_WORDS

_GLOBAL = """\
A person performs the action "{action}", and a camera tracks these joints of the body: {joints}.

Which parts of the body matter most when a person performs this action, and how do they move \
together? Write {count} descriptions of the whole action that differ in wording and structure, one \
or two sentences each.
- Name every part of the body that takes part in the action, and no part that stays still. Use \
plain words for them: {words}.
- Say left, right or both with each part that has sides.
- Say direction, extent, order and repetition where they tell this action from similar ones.
- Do not mention objects' parts, clothes or feelings.
Say also which side acts: "left", "right", "both", or "either" where people differ; then write for \
the right side.

Answer with one JSON object and nothing else:
{{"side": "…", "global": ["…", "…"]}}"""

_LOCAL = """\
A person performs the action "{action}"{acting}. As a whole: {whole}

How does each of these joints move: {joints}? Write one sentence for each joint that moves during \
the action; leave out those that stay still.
- No subject: begin with the verb, in the third person and present tense, e.g. "{example}"
- Say direction (up, down, forward, back, outward, across the body), extent, timing (once, \
repeatedly, first … then) and the relation to other joints.
- A different sentence for every joint.

Answer with one JSON object and nothing else, its keys joints of the list:
{{"joint": "sentence", …}}"""

_AGAIN = """\
That answer cannot be used: {reason}. Answer again with one JSON object as asked for, and nothing \
else."""

_EXAMPLE = "bends to a sharp angle as the hand rises, holds, and opens again on the way down."
_ACTING: Mapping[str, str] = {
    "left": " with the left side",
    "right": " with the right side",
    "both": "",
    "either": " with the right side",
}


def global_prompt(action: str, joints: Sequence[str] = DESCRIBED, paraphrases: int = 2) -> str:
    """Prompt 1: which parts of the body matter when a person performs the action [N]."""
    words = ", ".join(word for word in BODY_WORDS if not word.startswith(("upper", "lower")))
    return _GLOBAL.format(
        action=_quoted(action), joints=_listed(joints), count=paraphrases, words=words
    )


def local_prompt(
    action: str, joints: Sequence[str] = DESCRIBED, *, side: str = "both", whole: str = ""
) -> str:
    """Prompt 2: one sentence for each joint that says how it moves [N].

    The answer to the first prompt goes into the second, that the two tell of one movement [R].
    """
    return _LOCAL.format(
        action=_quoted(action),
        acting=_ACTING[side],
        whole=whole or "not said.",
        joints=_listed(joints),
        example=_EXAMPLE,
    )


def again_prompt(reason: str) -> str:
    """What is said to a model whose answer could not be used (ours)."""
    return _AGAIN.format(reason=reason.rstrip("."))


def _listed(joints: Sequence[str]) -> str:
    return ", ".join(joint.replace("_", " ") for joint in joints)


def _quoted(action: str) -> str:
    """The name in one line, its quotes not ours."""
    return json.dumps(" ".join(action.split()), ensure_ascii=False)[1:-1]
