"""How a person does a movement this time: the natural variation between performances (ours)."""

from dataclasses import dataclass, replace

import numpy as np

from skeleton.animator.curves import Curve
from skeleton.animator.pose import Arm, Pose


@dataclass(frozen=True)
class Style:
    """One performance. The default is the textbook one, without any variation.

    `amplitude` scales the movement and `tempo` its speed; `rush` in -1…1 starts slowly and ends
    fast, or the reverse, and `waver` lets the pace vary within; `pause` is the share of the clip
    spent waiting at its start and end; `repetition` in 0…1 chooses among the possible numbers of
    repetitions, `phase` in turns shifts rhythms; `aim` turns the movement up and out by degrees;
    `slouch` in degrees and `stance` are the person's posture, `sway` in degrees its idle movement,
    `sway_phase` in turns where that begins. `stance` is how much farther out than usual each foot
    stands, in leg lengths.
    """

    amplitude: float = 1.0
    tempo: float = 1.0
    rush: float = 0.0
    waver: float = 0.0
    pause: float = 0.04
    repetition: float = 0.5
    phase: float = 0.0
    aim: float = 0.0
    slouch: float = 0.0
    stance: float = 0.0
    sway: float = 0.0
    sway_phase: float = 0.0

    @classmethod
    def drawn(cls, seed: int) -> "Style":
        """Draw a style; the same seed gives the same style everywhere."""
        draw = np.random.default_rng(seed).random(12)

        def between(i: int, low: float, high: float) -> float:
            return low + (high - low) * float(draw[i])

        return cls(
            amplitude=between(0, 0.85, 1.12),
            tempo=between(1, 0.85, 1.2),
            rush=between(2, -0.3, 0.3),
            waver=between(3, -0.6, 0.6),
            pause=between(4, 0.01, 0.07),
            repetition=between(5, 0.0, 1.0),
            phase=between(6, -0.06, 0.06),
            aim=between(7, -7.0, 7.0),
            slouch=between(8, -2.0, 7.0),
            stance=between(9, -0.03, 0.05),
            sway=between(10, 0.4, 1.4),
            sway_phase=between(11, 0.0, 1.0),
        )

    def progress(self, frames: int) -> Curve:
        """Return how far the movement is in each frame, 0…1 `(T,)`, pauses and pace included."""
        time = np.linspace(0.0, 1.0, frames)
        going = np.clip((time - self.pause) / (1 - 2 * self.pause), 0.0, 1.0)
        uneven = self.rush * going * (going - 1) + self.waver * 0.06 * np.sin(4 * np.pi * going)
        return np.asarray(np.clip(going + uneven, 0.0, 1.0))

    def times(self, *choices: int) -> int:
        """Choose a number of repetitions."""
        return choices[min(int(self.repetition * len(choices)), len(choices) - 1)]

    def worn_by(self, pose: Pose, time: Curve) -> Pose:
        """Add the person's posture and idle sway to a pose; `time` `(T,)` in seconds."""

        def idle(hertz: float, offset: float) -> Curve:
            turns = hertz * time + offset + self.sway_phase
            return np.asarray(self.sway * np.sin(2 * np.pi * turns))

        def loose(arm: Arm, offset: float) -> Arm:
            return replace(
                arm,
                lift=arm.lift + 0.9 * idle(0.43, offset),
                bend=arm.bend + 0.9 * (1 + idle(0.37, offset + 0.2)),
            )

        return replace(
            pose,
            left=pose.left + 0.004 * idle(0.31, 0.1),
            forward=pose.forward + 0.003 * idle(0.41, 0.6),
            chest=pose.chest.plus(
                self.slouch + 0.6 * idle(0.28, 0.3), 0.5 * idle(0.31, 0.0), 0.8 * idle(0.23, 0.8)
            ),
            head=pose.head.plus(
                -0.5 * self.slouch + 1.2 * idle(0.33, 0.5), 0.0, 2.0 * idle(0.19, 0.2)
            ),
            left_arm=loose(pose.left_arm, 0.0),
            right_arm=loose(pose.right_arm, 0.45),
            left_leg=replace(pose.left_leg, out=pose.left_leg.out + self.stance),
            right_leg=replace(pose.right_leg, out=pose.right_leg.out + self.stance),
        )
