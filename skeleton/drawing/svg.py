"""SVG text: a line of words, a document (ours)."""

from html import escape

FONT = "ui-sans-serif, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


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
