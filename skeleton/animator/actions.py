"""The actions the animator knows, by name (ours)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from skeleton.animator import gestures, movements, strikes
from skeleton.animator.curves import Curve
from skeleton.animator.pose import Pose, mirrored
from skeleton.animator.style import Style

Move = Callable[[Curve, Style], Pose]


class UnknownAction(LookupError):
    """No action of that name; the message lists the names."""


@dataclass(frozen=True)
class Action:
    """A movement and how long it takes at normal speed; done by the left side, or backwards."""

    name: str
    move: Move
    seconds: float
    left: bool = False
    backwards: bool = False

    def pose(self, progress: Curve, style: Style) -> Pose:
        """Return the pose at each progress 0…1 `(T,)`."""
        pose = self.move(1 - progress if self.backwards else progress, style)
        return mirrored(pose) if self.left else pose


def _all() -> tuple[Action, ...]:
    one_sided = (
        Action("wave", gestures.wave, 2.3),
        Action("point", gestures.point, 1.9),
        Action("drink", gestures.drink, 2.2),
        Action("punch", strikes.punch, 1.6),
        Action("kick", strikes.kick, 1.7),
        Action("throw", strikes.throw, 1.7),
        Action("lunge", movements.lunge, 2.2),
    )
    there_and_back = (
        (Action("draw_circle", gestures.draw_circle, 2.3), "draw_circle_back"),
        (Action("swipe_out", gestures.swipe, 1.6), "swipe_in"),
        (Action("raise_arms", gestures.raise_arms, 1.5), "lower_arms"),
        (Action("sit_down", movements.sit_down, 1.8), "stand_up"),
        (Action("pick_up", movements.pick_up, 2.2), "put_down"),
    )
    return (
        *one_sided,
        *(replace(a, name=f"{a.name}_left", left=True) for a in one_sided),
        *(a for a, _ in there_and_back),
        *(replace(a, name=name, backwards=True) for a, name in there_and_back),
        Action("clap", gestures.clap, 1.9),
        Action("push", gestures.push, 1.7),
        Action("squat", movements.squat, 2.1),
        Action("bow", movements.bow, 2.2),
        Action("jumping_jack", movements.jumping_jack, 2.0),
        Action("walk", movements.walk, 2.2),
        Action("side_bend", movements.side_bend, 2.1),
        Action("side_bend_right", movements.side_bend, 2.1, left=True),
    )


#: Every action by name. One-sided ones are done with the right hand or foot unless `_left`.
ACTIONS: Mapping[str, Action] = MappingProxyType({action.name: action for action in _all()})


def action_named(name: str) -> Action:
    """Return an action; raises `UnknownAction`."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise UnknownAction(
            f"unknown action {name!r}: the animator knows {', '.join(sorted(ACTIONS))}"
        ) from None
