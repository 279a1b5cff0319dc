"""The README's picture: a clip enrolled, another person's recognised, the answer's numbers (ours).

Nothing in it is made up: the skeletons are clips, the words and bars an answer of `/recognize`.
`python -m skeleton.drawing.picture ENROLLED.json QUERY.json ANSWER.json -o PICTURE.svg` draws it
from the bodies of the two requests and of the answer.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skeleton.clip import Clip
from skeleton.drawing.colours import Palette, scale_of
from skeleton.drawing.importance import Importance
from skeleton.drawing.pose import DRAWN
from skeleton.drawing.strip import Strip, fitting_scale, row, strip_of
from skeleton.drawing.svg import FONT, document, text
from skeleton.readers import read_path

_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
_WIDTH, _HEIGHT = 1200, 430
_CARD_TOP, _CARD_HEIGHT = 26, 378
_LEFT = (26, 480)  # x, width
_RIGHT = (638, 536)
_MARGIN = 26
_FLOOR_ENROLLED, _FLOOR_QUERY = 302, 248
_BARS = 5
_LINE = 58  # characters of 13 pixels that the left card holds beside each other


def picture(
    enrolled: Clip, query: Clip, answer: Mapping[str, Any] | None, *, look: Palette | None = None
) -> str:
    """Draw an enrolled clip, a query as its camera saw it, and what `/recognize` said of it.

    `answer` is the JSON body of `POST /recognize`; None leaves its place empty. Returns SVG text.
    Its `joint_importance`, where it tells, colours the query. Raises `NothingToSee` for a clip
    without a seen joint.
    """
    look = look or Palette()
    importance = _importance(answer)
    once, again = strip_of(enrolled, 4, turn=15.0), strip_of(query, 6, turn=None)
    # One scale for both: a child is smaller than an adult.
    room = 2 * _MARGIN + 12
    scale = min(
        fitting_scale(once, _LEFT[1] - room, _FLOOR_ENROLLED - _CARD_TOP - 80),
        fitting_scale(again, _RIGHT[1] - room, _FLOOR_QUERY - _CARD_TOP - 80),
    )
    parts = [
        f'<rect x="1" y="1" width="{_WIDTH - 2}" height="{_HEIGHT - 2}" rx="22" '
        f'fill="{look.card}" stroke="{look.edge}"/>',
        _panel(*_LEFT, look),
        *_heading(_LEFT[0], "POST /enroll", "one clip, one person", look),
        *_stage(once, *_LEFT, _FLOOR_ENROLLED, scale, look),
        *_enrolled(answer, _FLOOR_ENROLLED, look),
        *_between(look),
        _panel(*_RIGHT, look),
        *_heading(
            _RIGHT[0], "POST /recognize", "another person, another view, another speed", look
        ),
        *_stage(again, *_RIGHT, _FLOOR_QUERY, scale, look, importance),
        *_legend(importance, _RIGHT[0] + _RIGHT[1] - _MARGIN, look),
        *_answer(answer, _RIGHT[0] + _MARGIN, _FLOOR_QUERY + 30, _RIGHT[1] - 2 * _MARGIN, look),
    ]
    return document(_WIDTH, _HEIGHT, _label(answer), parts)


def _label(answer: Mapping[str, Any] | None) -> str:
    if answer is None or answer.get("action") is None:
        return "A skeleton clip is enrolled; another person's clip is looked up."
    return (
        f"One skeleton clip is enrolled; another person's clip is recognised as "
        f"{answer['action']} with probability {float(answer['probability']):.2f}."
    )


def _importance(answer: Mapping[str, Any] | None) -> Importance | None:
    """The importance of the joints drawn; those the model lacks share their nearest one's."""
    told: Mapping[str, float] = (answer or {}).get("joint_importance") or {}
    if not told:
        return None
    weights = [float(told.get(joint, 0.0)) for joint in DRAWN.joints]
    for joint, parent in DRAWN.bones:  # parents come before their children
        if DRAWN.joints[joint] not in told:
            weights[joint] = weights[parent]
    return Importance(weights, DRAWN)


def _legend(importance: Importance | None, right: int, look: Palette) -> list[str]:
    if importance is None:
        return []
    shades, y = scale_of(look), _CARD_TOP + 28
    left = right - 34 - 12 * len(shades)
    return [
        text("joint importance  0", left - 7, y + 10, look.faint, size=12, anchor="end"),
        *(
            f'<rect class="shade" x="{left + 12 * step}" y="{y}" width="12" height="11" '
            f'fill="{shade}"/>'
            for step, shade in enumerate(shades)
        ),
        text(f"{importance.most:.2f}", right, y + 10, look.faint, size=12, anchor="end"),
    ]


def _panel(x: int, width: int, look: Palette) -> str:
    return (
        f'<rect x="{x}" y="{_CARD_TOP}" width="{width}" height="{_CARD_HEIGHT}" rx="16" '
        f'fill="{look.panel}" stroke="{look.edge}"/>'
    )


def _heading(x: int, call: str, words: str, look: Palette) -> list[str]:
    return [
        text(call, x + _MARGIN, _CARD_TOP + 38, look.ink, size=16, weight=600, font=_MONO),
        text(words, x + _MARGIN, _CARD_TOP + 62, look.faint, size=14),
    ]


def _stage(
    strip: Strip, x: int, width: int, floor: int, scale: float, look: Palette,
    importance: Importance | None = None,
) -> list[str]:  # fmt: skip
    line = (
        f'<line x1="{x + _MARGIN}" y1="{floor}" x2="{x + width - _MARGIN}" y2="{floor}" '
        f'stroke="{look.floor}" stroke-width="2" stroke-linecap="round"/>'
    )
    on_panel = replace(look, card=look.panel)
    room = width - 2 * _MARGIN - 12
    return [line, row(strip, x + _MARGIN + 6, floor, room, scale, on_panel, importance)]


def _enrolled(answer: Mapping[str, Any] | None, floor: int, look: Palette) -> list[str]:
    """The enrolled action's name, and the others that the answer lists."""
    if answer is None:
        return []
    x = _LEFT[0] + _MARGIN
    action = answer.get("action")
    others = [_plain(str(m["action"])) for m in answer["matches"] if m["action"] != action]
    parts = [] if action is None else [_tag(str(action), x, floor + 22, look.left, look.panel)]
    if others:
        parts.append(text(_also(others), x, floor + 82, look.faint, size=13))
    return parts


def _also(others: list[str]) -> str:
    """As many of the names as one line of the card holds, and how many more there are."""
    for shown in range(len(others), 0, -1):
        more = f" and {len(others) - shown} more" if shown < len(others) else ""
        words = f"also enrolled: {', '.join(others[:shown])}{more}"
        if len(words) <= _LINE:
            return words
    return f"also enrolled: {len(others)} more"


def _between(look: Palette) -> list[str]:
    left, right = _LEFT[0] + _LEFT[1] + 14, _RIGHT[0] - 14
    middle, y = (left + right) / 2, _CARD_TOP + _CARD_HEIGHT / 2
    dots = "".join(
        f'<circle cx="{middle - 34 + 17 * (i % 5)}" cy="{y - 62 + 17 * (i // 5)}" r="4.5" '
        f'fill="{(look.left, look.middle, look.right)[(i * 7 + i // 3) % 3]}" '
        f'opacity="{0.25 + 0.15 * ((i * 5) % 6):.2f}"/>'
        for i in range(15)
    )
    arrow = (
        f'<path d="M{left} {y + 22}H{right - 12}" stroke="{look.middle}" stroke-width="3" '
        f'stroke-linecap="round"/><path d="M{right - 16} {y + 13}l12 9l-12 9" fill="none" '
        f'stroke="{look.middle}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    return [
        dots,
        arrow,
        text("one embedding", middle, y + 56, look.ink, size=14, weight=600, anchor="middle"),
        text("no retraining", middle, y + 76, look.faint, size=13, anchor="middle"),
    ]


def _answer(
    answer: Mapping[str, Any] | None, x: int, y: int, width: int, look: Palette
) -> list[str]:
    if answer is None:
        return []
    action = answer.get("action")
    parts = [_tag(str(action or answer["decision"]), x, y, look.left if action else look.faint,
                  look.panel)]  # fmt: skip
    if action is not None:
        parts.append(text(str(answer["decision"]), x, y + 58, look.faint, size=13))
    bars, label = x + 232, x + 220
    room = width - 232 - 46
    for line, match in enumerate(answer["matches"][:_BARS]):
        at = y + 23.5 * line
        share = float(match["probability"])
        chosen = match["action"] == action
        colour = look.left if chosen else look.faint
        weight = 600 if chosen else 400
        parts += [
            text(_plain(str(match["action"])), label, at + 13, look.ink, size=13.5, weight=weight,
                 anchor="end"),
            f'<rect x="{bars}" y="{at + 2:.1f}" width="{room}" height="13" rx="6.5" '
            f'fill="{look.edge}" opacity="0.55"/>',
            f'<rect class="bar" x="{bars}" y="{at + 2:.1f}" '
            f'width="{max(room * min(share, 1.0), 3):.1f}" height="13" rx="6.5" fill="{colour}"/>',
            text(f"{share:.2f}", x + width, at + 13, look.ink, size=13, weight=weight,
                 anchor="end"),
        ]  # fmt: skip
    return parts


def _plain(action: str) -> str:
    return action.replace("_", " ")


def _tag(action: str, x: int, y: int, colour: str, ink: str) -> str:
    words = _plain(action)
    width = 30 + 10.2 * len(words)
    return (
        f'<rect x="{x}" y="{y}" width="{width:.0f}" height="34" rx="17" fill="{colour}"/>'
        + text(words, x + width / 2, y + 23, ink, size=18, weight=600, anchor="middle", font=FONT)
    )


def main(arguments: list[str] | None = None) -> None:
    """Draw the picture from the files of a real exchange."""
    parser = argparse.ArgumentParser(prog="python -m skeleton.drawing.picture", description=__doc__)
    parser.add_argument("enrolled", type=Path, help="body of the POST /enroll")
    parser.add_argument("query", type=Path, help="body of the POST /recognize")
    parser.add_argument("answer", type=Path, help="what /recognize answered")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the SVG to write")
    chosen = parser.parse_args(arguments)
    answer = json.loads(chosen.answer.read_text(encoding="utf-8"))
    svg = picture(read_path(chosen.enrolled).clip(), read_path(chosen.query).clip(), answer)
    chosen.output.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
