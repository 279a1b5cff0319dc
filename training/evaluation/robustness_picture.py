"""The curves of robustness as one picture: a small panel each (ours)."""

from collections.abc import Mapping, Sequence
from html import escape

from skeleton.drawing.colours import Palette
from skeleton.drawing.svg import FONT, document
from training.evaluation.robustness_curves import MeasuredCurve

Sets = Mapping[str, tuple[float, Sequence[MeasuredCurve]]]  # clean accuracy, curves

#: Curves of fewer levels are told in words.
_FEWEST_LEVELS = 3
_COLUMNS = 3
_WIDTH, _HEIGHT = 300, 172  # of a panel
_LEFT, _TOP = 34, 36  # of the plot in its panel
_PLOT_WIDTH, _PLOT_HEIGHT = 244, 100
_MARGIN, _HEADER = 18, 64
_LINE = 17
_INK = Palette()
_SHADES = (_INK.left, _INK.right, _INK.middle, _INK.faint)


def picture(sets: Sets) -> str:
    """Draw the curves with degraded queries as SVG, a panel each.

    Accuracy in % over the levels, clean at the left, a line for each set; a ring marks where a
    curve breaks. Curves of one or two levels follow as words: the points lost at the last one.
    """
    curves = next(iter(sets.values()))[1]
    long = [i for i, curve in enumerate(curves) if len(curve.points) >= _FEWEST_LEVELS]
    short = [i for i in range(len(curves)) if i not in long]
    rows = -(-(len(long) + bool(short)) // _COLUMNS)
    width = 2 * _MARGIN + _COLUMNS * _WIDTH
    last = _HEADER + (rows - 1) * _HEIGHT
    height = last + max(_HEIGHT, (len(short) + 3) * _LINE) + _MARGIN
    parts = [
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="14" '
        f'fill="{_INK.card}" stroke="{_INK.edge}"/>',
        f'<g font-family="{escape(FONT)}" font-size="11" fill="{_INK.faint}">',
        _words("What a worse query costs", _MARGIN + 8, 30, size=17, strong=True),
        _words(
            "accuracy in %, one clean exemplar an action; a ring: more than 5 points lost",
            _MARGIN + 8, 49, size=12,
        ),
        *_legend(tuple(sets), width),
    ]  # fmt: skip
    for number, place in enumerate(long):
        x, y = _corner(number)
        parts += _panel(x, y, [(clean, given[place]) for clean, given in sets.values()])
    if short:
        x, y = _corner(len(long))
        parts += _told(x, y, [[given[i] for _, given in sets.values()] for i in short])
    parts.append("</g>")
    return document(width, height, "Accuracy against the degradation of queries", parts)


def _corner(number: int) -> tuple[int, int]:
    return _MARGIN + number % _COLUMNS * _WIDTH, _HEADER + number // _COLUMNS * _HEIGHT


def _words(
    words: str, x: float, y: float, *, anchor: str = "", size: float = 0, strong: bool = False
) -> str:
    """One line, in the group's font unless told otherwise."""
    given = f' text-anchor="{anchor}"' if anchor else ""
    given += f' font-size="{size:g}"' if size else ""
    given += f' font-weight="600" fill="{_INK.ink}"' if strong else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{given}>{escape(words)}</text>'


def _legend(names: Sequence[str], width: int) -> list[str]:
    parts, x = [], width - _MARGIN - 8.0
    for number in reversed(range(len(names))):
        colour = _SHADES[number % len(_SHADES)]
        parts.append(_words(names[number], x, 30, anchor="end", size=13, strong=True))
        x -= 9.4 * len(names[number]) + 8
        parts.append(f'<path d="M{x - 18:.0f} 25.5h18" stroke="{colour}" stroke-width="3"/>')
        x -= 36
    return parts


def _panel(x: float, y: float, lines: Sequence[tuple[float, MeasuredCurve]]) -> list[str]:
    first = lines[0][1]
    labels = ["clean", *(point.label for point in first.points)]
    left, top = x + _LEFT, y + _TOP
    step = _PLOT_WIDTH / (len(labels) - 1)
    grid = "".join(f"M{left} {_height(top, share):.0f}h{_PLOT_WIDTH}" for share in _shares())
    parts = [
        _words(first.name, left, top - 10, size=13, strong=True),
        f'<rect x="{left}" y="{top}" width="{_PLOT_WIDTH}" height="{_PLOT_HEIGHT}" '
        f'fill="{_INK.panel}"/>',
        f'<path d="{grid}" stroke="{_INK.edge}"/>',
        *(
            _words(f"{100 * share:.0f}", left - 7, _height(top, share) + 4, anchor="end")
            for share in _shares()[::2]
        ),
        *(
            _words(label, left + i * step, top + _PLOT_HEIGHT + 16, anchor="middle")
            for i, label in enumerate(labels)
        ),
    ]
    for number, (clean, curve) in enumerate(lines):
        colour = _SHADES[number % len(_SHADES)]
        values = [clean, *(point.accuracy["query"].mean for point in curve.points)]
        places = [(left + i * step, _height(top, value)) for i, value in enumerate(values)]
        path = " ".join(f"{px:.0f},{py:.1f}" for px, py in places)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.4" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
        broken = curve.breaks_at("query")
        parts += [
            f'<circle cx="{px:.0f}" cy="{py:.1f}" r="5.2" fill="{_INK.panel}" '
            f'stroke="{colour}" stroke-width="2.2"/>'
            for label, (px, py) in zip(labels, places, strict=True)
            if label == broken
        ]
    return parts


def _told(x: float, y: float, curves: Sequence[Sequence[MeasuredCurve]]) -> list[str]:
    left, right, top = x + _LEFT, x + _LEFT + _PLOT_WIDTH, y + _TOP - 10
    parts = [_words("and, in points at the worst level", left, top, size=13, strong=True)]
    for row, same in enumerate(curves, start=1):
        point = same[0].points[-1]
        lost = " / ".join(f"{100 * one.points[-1].difference['query'].mean:+.1f}" for one in same)
        at = top + 3 + row * _LINE
        parts.append(_words(f"{same[0].name}, {point.label}", left, at))
        parts.append(_words(lost, right, at, anchor="end"))
    return parts


def _shares() -> tuple[float, ...]:
    return (0.0, 0.25, 0.5, 0.75, 1.0)


def _height(top: float, share: float) -> float:
    return top + _PLOT_HEIGHT * (1 - share)
