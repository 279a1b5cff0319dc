"""JSON text: bytes to Python's lists and numbers, and those to arrays, all of it bounded (ours)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import MOST_FRAMES, refuse_length
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.containers.text import UTF16

_BOM = b"\xef\xbb\xbf"
#: A body of 16 MiB whose lists hold three coordinates of two digits has fewer. Empty lists, three
#: bytes each, would take half a gigabyte and seconds of garbage collection.
_MOST_LISTS = 1_500_000
#: Each takes more than an empty list does.
_MOST_OBJECTS = 1_000_000
#: OpenPose's numbers have seven characters and more, those of unseen joints two.
_MOST_VALUES = 3_500_000
_LARGEST = 1e9
_NUMBERS = frozenset({int, float, type(None)})


def starts_json(head: bytes, opening: bytes = b"{[") -> bool:
    """Whether the first bytes of a file open a JSON object or list (those of `opening`)."""
    first = head.removeprefix(_BOM).lstrip()[:1]
    return first != b"" and first in opening


def parse_json(data: bytes) -> Any:
    """Parse one JSON value. Raises `UnreadableClip` with line and column."""
    text = _checked(data)
    try:
        return _loads(text)
    except ValueError as error:
        raise UnreadableClip(_place(error)) from None


def parse_json_or_lines(data: bytes) -> Any:
    """Parse one JSON value; or one a line (JSON lines), as a list. Raises as `parse_json`."""
    text = _checked(data)
    try:
        return _loads(text)
    except ValueError as error:
        # Its words alone: the error itself would hold this frame, and with it the file, for long.
        whole = _place(error)
    lines = text.split(b"\n", MOST_FRAMES)
    first = next((line for line in lines if line.strip()), b"")
    try:
        _loads(first)
    except ValueError:
        raise UnreadableClip(whole) from None  # not one value a line
    refuse_length(len(lines) - (not lines[-1].strip()))
    values = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                values.append(_loads(line))
            except ValueError as error:
                raise UnreadableClip(_place(error, number)) from None
    return values


def as_numbers(values: Iterable[Any], width: int) -> NDArray[np.float64]:
    """Turn JSON's numbers into float64 `(n, width)`, null into NaN. What is beyond 1e9 becomes
    that, which is no coordinate either, so that sums of them are finite.

    Raises `UnreadableClip` for anything else, true, false and strings among it.
    """
    items = list(values)
    if not set(map(type, items)) <= _NUMBERS:
        wrong = next(item for item in items if type(item) not in _NUMBERS)
        raise UnreadableClip(f"{_shown(wrong)} stands where a number is expected")
    numbers = np.array(items, dtype=np.float64)
    return np.clip(numbers, -_LARGEST, _LARGEST, out=numbers).reshape(-1, width)


def _loads(data: bytes) -> Any:
    import orjson

    return orjson.loads(data)


def _checked(data: bytes) -> bytes:
    if data.startswith(UTF16):
        raise UnreadableClip("line 1: the text is UTF-16; save it as UTF-8")
    refuse_many(data)
    return data.removeprefix(_BOM)


def refuse_many(data: bytes) -> None:
    """Raise `UnusableClip` for JSON of more lists, objects and values than a clip has: parsed, they
    would take a hundred times the memory of their text."""
    if len(data) <= _MOST_OBJECTS:
        return  # it cannot have so many
    lists, objects, values = (data.count(mark) for mark in (b"[", b"{", b","))
    for count, most, what in (
        (objects, _MOST_OBJECTS, "objects"),
        (lists + objects, _MOST_LISTS, "lists and objects"),
        (values, _MOST_VALUES, "values"),
    ):
        if count > most:
            raise UnusableClip(
                f"there are more than {most} {what} in it: a clip is one action, cut it so"
            )


def _place(error: ValueError, line: int | None = None) -> str:
    """What is wrong and where; `line` where the text was parsed line by line."""
    message = getattr(error, "msg", str(error))[:200]
    if "UTF-8" in message:
        return "the text is not UTF-8, so it is not JSON" + (f" (line {line})" if line else "")
    there = str(getattr(error, "doc", ""))[getattr(error, "pos", 0) :][:4].lstrip("-")
    if there.startswith(("NaN", "Inf")):
        message = "NaN and Infinity are no JSON; write null"
    at = getattr(error, "lineno", 1) if line is None else line
    return f"line {at}, column {getattr(error, 'colno', 1)}: not JSON: {message}"


def _shown(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false"}
    return names.get(type(value)) or repr(value[:40] if isinstance(value, str) else value)
