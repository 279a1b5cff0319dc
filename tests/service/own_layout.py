"""A layout of an operator's own: a motion suit with names and axes that nobody else has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skeleton import parse_axes
from skeleton.animator import animate

SUIT = """
name: suit
axes: x,z,-y
joints: [Hip_C, Torso, Skull, ArmUpL, ArmLoL, HandL, ArmUpR, ArmLoR, HandR, Prop]
synonyms:
  {Hip_C: pelvis, Torso: spine, Skull: head, ArmUpL: left_shoulder, ArmLoL: left_elbow,
   HandL: left_wrist, ArmUpR: right_shoulder, ArmLoR: right_elbow, HandR: right_wrist, Prop: null}
parents:
  {Torso: Hip_C, Skull: Torso, ArmUpL: Torso, ArmLoL: ArmUpL, HandL: ArmLoL, ArmUpR: Torso,
   ArmLoR: ArmUpR, HandR: ArmLoR, Prop: HandR}
"""
_MEANINGS = (
    "pelvis", "spine", "head", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder",
    "right_elbow", "right_wrist", "right_wrist",
)  # fmt: skip


def suit_file(folder: Path) -> Path:
    """The suit's layout file."""
    file = folder / "suit.yaml"
    file.write_text(SUIT)
    return file


def in_the_suit(action: str) -> NDArray[np.float32]:
    """An action `(T, 10, 3)` as the suit tells it: in its order, z up."""
    made = animate(action, layout="body16")
    columns = [made.layout.index[joint] for joint in _MEANINGS]
    return parse_axes("x,-z,y").apply(made.joints[:, 0, columns])
