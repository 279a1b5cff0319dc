"""What a file format is: how it is recognised, and how its bytes become joints (ours)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import LAYOUTS, Layout


@dataclass(frozen=True)
class Source:
    """The bytes of one file, and what the caller says about them.

    `name` is the file's name where it has one; `skeleton` the file beside it that holds the bones
    (the ASF of an AMC); `layout` names the joints of a format that does not name them itself;
    `layouts` are the known layouts by name.
    """

    data: bytes
    name: str = ""
    skeleton: bytes | None = None
    layout: Layout | None = None
    layouts: Mapping[str, Layout] = field(default_factory=lambda: LAYOUTS)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a file says: `joints` `(T, V, 3)` or `(T, M, V, 3)` metres, NaN where unseen, in the
    file's own axes.

    `fps` is None where the file does not say; `axes` and `person` are None for the layout's own
    and for no choice. `remarks` tell what was left out or repaired, `code: what it means`.
    """

    joints: NDArray[np.floating]
    layout: Layout
    fps: float | None = None
    axes: str | None = None
    person: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """One file format.

    `name` is what `format=` takes, `suffixes` are those of its files, lower-case with the dot.
    `looks_like` tells by the first bytes; of several that say yes the registry takes the first.
    `read` raises `UnreadableClip` with the line at fault, and `UnusableClip`; nothing else.
    `names_joints` is true where the file itself says which joint is which; `may_leave_out` where
    such a file need not: `read` then takes the caller's layout in its place, and refuses one beside
    its own.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    read: Callable[[Source], Reading]
    names_joints: bool = True
    may_leave_out: bool = False
