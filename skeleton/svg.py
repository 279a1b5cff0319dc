"""SVG text: colours, a line of words, a document (ours)."""

from dataclasses import dataclass
from html import escape

FONT = "ui-sans-serif, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


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

    def of(self, joint: str) -> str:
        """Return a joint's colour by its side."""
        side = joint.partition("_")[0]
        return {"left": self.left, "right": self.right}.get(side, self.middle)


def text(
    words: str,
    x: float,
    y: float,
    colour: str,
    *,
    size: float = 14,
    weight: int = 400,
    anchor: str = "start",
    font: str = FONT,
) -> str:
    """Write one line."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-family="{escape(font)}" '
        f'font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def document(width: int, height: int, label: str, parts: list[str]) -> str:
    """Put parts together as one SVG document."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">\n'
        + "\n".join(part for part in parts if part)
        + "\n</svg>\n"
    )
