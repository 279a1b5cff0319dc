"""Bodies: the bone lengths of a person, from height and proportions.

Segment lengths as shares of height follow Drillis and Contini (1966); the rest is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: The upper arm's share of the arm from shoulder to wrist; the same for every body.
UPPER_ARM_SHARE = 0.186 / (0.186 + 0.146)
_LEG, _ARM, _ANKLE, _HEAD = 0.491, 0.332, 0.039, 0.17


@dataclass(frozen=True)
class Body:
    """A person: `height` in metres, then proportions against the average adult's (1 = average)."""

    height: float = 1.72
    legs: float = 1.0
    arms: float = 1.0
    shoulders: float = 1.0
    hips: float = 1.0
    head: float = 1.0

    @property
    def leg(self) -> float:
        """Hip to ankle, metres."""
        return _LEG * self.legs * self.height

    @property
    def thigh(self) -> float:
        """Hip to knee, metres."""
        return 0.5 * self.leg

    @property
    def arm(self) -> float:
        """Shoulder to wrist, metres."""
        return _ARM * self.arms * self.height

    @property
    def hand(self) -> float:
        """Wrist to finger tips, metres."""
        return 0.1 * self.arms * self.height

    @property
    def ankle(self) -> float:
        """Height of the ankle above the sole, metres."""
        return _ANKLE * self.height

    @property
    def foot(self) -> float:
        """Heel to toes, metres."""
        return 0.152 * self.height

    @property
    def shoulder(self) -> float:
        """Neck to shoulder, sideways, metres."""
        return 0.108 * self.shoulders * self.height

    @property
    def hip(self) -> float:
        """Pelvis to hip, sideways, metres."""
        return 0.05 * self.hips * self.height

    @property
    def skull(self) -> float:
        """Neck to the top of the head, metres."""
        return _HEAD * self.head * self.height

    @property
    def torso(self) -> float:
        """Pelvis to neck, metres: what legs and head leave of the height."""
        return self.height - self.ankle - self.leg - self.skull


#: Ready-made bodies by name.
BODIES: Mapping[str, Body] = MappingProxyType(
    {
        "adult": Body(),
        "child": Body(1.18, legs=0.93, arms=0.95, shoulders=0.95, hips=0.95, head=1.3),
        "teenager": Body(1.55, legs=1.04, arms=1.02, shoulders=0.9, hips=0.95, head=1.08),
        "short": Body(1.58, legs=0.97, arms=0.97, shoulders=0.93, hips=1.1),
        "tall": Body(1.95, legs=1.05, arms=1.03, shoulders=0.97, head=0.92),
        "broad": Body(1.78, legs=0.96, arms=1.03, shoulders=1.2, hips=1.12),
    }
)
