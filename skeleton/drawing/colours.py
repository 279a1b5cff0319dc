"""Colours: a palette, and the closed set of a drawing with its smooth edges' shades (ours)."""

from dataclasses import dataclass

#: The colour of what is wrong.
WARNING = "#b4541f"
#: The colours of the data's own axes.
AXES = {"x": "#c8453b", "y": "#4c8f2f", "z": "#3b6fb5"}
#: How pale the persons are that are not used.
FADED = 0.62
#: How pale the trunk and the shadows are.
TRUNK, SHADOW = 0.76, 0.35
#: Shades from what matters little to what matters most.
_SCALE = 6
_STEPS = (0.0, 0.14, 0.28, 0.42, 0.56, 0.7, 0.85)  # shades of an edge
_APART = 10  # levels: a shade nearer to the paper would be taken for it


@dataclass(frozen=True)
class Palette:
    """Colours of a drawing; its own background, so it stands on light and dark pages alike."""

    card: str = "#fbfaf6"
    edge: str = "#e2ded3"
    panel: str = "#ffffff"
    ink: str = "#22303c"
    faint: str = "#8a94a0"
    floor: str = "#ddd7c9"
    middle: str = "#3d4f60"
    left: str = "#1a9c92"
    right: str = "#ef6f47"
    little: str = "#bcc3cc"
    most: str = "#5b1a8c"

    def of(self, joint: str) -> str:
        """Return a joint's colour by its side."""
        side = joint.partition("_")[0]
        return {"left": self.left, "right": self.right}.get(side, self.middle)


def scale_of(look: Palette) -> tuple[str, ...]:
    """The shades of importance, the least first."""
    return tuple(blend(look.little, look.most, step / (_SCALE - 1)) for step in range(_SCALE))


def blend(colour: str, other: str, share: float) -> str:
    """A colour with a share of another."""
    pairs = zip(levels(colour), levels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def levels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def colours(look: Palette, *, importance: bool = False) -> tuple[str, ...]:
    """Every colour that a drawing may have, 256 at most, on its panels and on the card; those of
    `importance` where it is shown."""
    limbs = [look.left, look.right, look.middle]
    limbs += [blend(colour, look.panel, FADED) for colour in limbs]
    words = [look.ink, look.faint, WARNING]
    flat = [blend(look.middle, look.panel, TRUNK), blend(look.floor, look.panel, SHADOW)]
    scale = scale_of(look) if importance else ()
    shades = [
        blend(colour, paper, step)
        for paper, inks in (
            (look.panel, [*limbs, *words, *AXES.values(), look.floor, look.edge, *scale]),
            (look.card, [look.left, look.right, *words, look.edge]),
        )
        for step in _STEPS
        for colour in inks
    ]
    papers = (look.panel, look.card)
    clear = [shade for shade in shades if all(_distance(shade, p) >= _APART for p in papers)]
    return tuple(dict.fromkeys([*papers, *flat, *clear]))


def _distance(colour: str, other: str) -> int:
    return max(abs(a - b) for a, b in zip(levels(colour), levels(other), strict=True))
