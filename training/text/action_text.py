"""The texts of one action class: what it is as a whole, and what each joint does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from skeleton import LAYOUTS, Layout
from skeleton.joint_names import mirrored
from training.text.mirror_words import mirrored_words
from training.text.stand_ins import nearest

Acting = Literal["left", "right", "both"]
Side = Literal["left", "right", "both", "either"]
SIDES: tuple[Side, ...] = ("left", "right", "both", "either")

#: What a joint does that no sentence is about [R].
STILL = "stays still."
_STILL = re.compile(
    r"(?:it |the [a-z ]+ )?(?:does not move|"
    r"(?:stays?|remains?|is|keeps?|holds?|hangs?|stands?) (?:\w+ )?still(?: throughout)?)\W*"
)
_NOTHING = {"", "-", "none", "n/a", "still", "no movement", "no motion"}

#: The layout whose joints descriptions are asked for: what every depth camera gives (ours).
DESCRIBED_LAYOUT = "kinect_v1"
DESCRIBED = LAYOUTS[DESCRIBED_LAYOUT].joints

_OTHER_SIDE: dict[Side, Side] = {
    "left": "right",
    "right": "left",
    "both": "both",
    "either": "either",
}


@dataclass(frozen=True)
class ActionText:
    """One class's two descriptions [N]: `paraphrases` of the global text, and `joints`, a sentence
    without its subject for each joint that moves, by canonical name.

    `label` is the class's exact name in its set, `name` what a person would call it. `side` is the
    one that acts; of `either`, people differ, and the texts are `written_for` one of them. Where
    `certain` is False, its writer was not sure what the class looks like.
    """

    label: str
    name: str
    side: Side
    paraphrases: tuple[str, ...]
    joints: Mapping[str, str]
    certain: bool = True
    flipped: bool = field(default=False, compare=False)

    @property
    def written_for(self) -> Acting:
        """The side that acts in the texts. Of an `either` class it is the one with more sentences,
        the right where they are as many: "the other hand" is the left. In a mirror image
        (`flipped`) it is the other way round."""
        if self.side != "either":
            return self.side
        left, right = (
            sum(joint.startswith(side) for joint in self.joints) for side in ("left", "right")
        )
        return "left" if left > right or (left == right and self.flipped) else "right"

    def sentences(self, layout: Layout) -> tuple[str, ...]:
        """A sentence for each of the V joints of any layout [N].

        Its own; else that of the nearest joint of the same part of the body (a fingertip takes the
        hand's, else the wrist's) [R]; else that it stays still [R].
        """
        sources = (nearest(joint, self.joints) for joint in layout.joints)
        return tuple(STILL if source is None else self.joints[source] for source in sources)

    def mirrored(self) -> Self:
        """The same action by the other side: joints and words swapped (ours). For mirrored clips,
        and for those who do an `either` class with the left. The label stays."""
        return type(self)(
            label=self.label,
            name=mirrored_words(self.name),
            side=_OTHER_SIDE[self.side],
            paraphrases=tuple(mirrored_words(text) for text in self.paraphrases),
            joints={mirrored(j): mirrored_words(text) for j, text in self.joints.items()},
            certain=self.certain,
            flipped=not self.flipped,
        )

    def texts(self) -> tuple[str, ...]:
        """Every text of the class: paraphrases, then sentences."""
        return (*self.paraphrases, *self.joints.values())


def says_still(sentence: str) -> bool:
    """Whether a joint's sentence says that it does nothing (ours)."""
    plain = sentence.strip().lower().rstrip(".")
    return plain in _NOTHING or _STILL.fullmatch(plain) is not None
