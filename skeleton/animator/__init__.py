"""The animator: human movements of our own making, for examples, tests and self-checks (ours).

Twenty-odd parametrised actions, done by bodies of several proportions, with the natural variation
of a person doing it again, by forward kinematics. No recorded data is involved.
"""

from skeleton.animator.actions import ACTIONS, UnknownAction
from skeleton.animator.body import BODIES, Body
from skeleton.animator.performance import UnknownBody, animate
from skeleton.animator.style import Style

__all__ = ["ACTIONS", "BODIES", "Body", "Style", "UnknownAction", "UnknownBody", "animate"]
