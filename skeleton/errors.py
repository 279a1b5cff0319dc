"""What can be wrong with a clip. Every message says what to do."""


class UnusableClip(ValueError):
    """Base of everything that makes skeleton data unusable."""


class UnknownLayout(UnusableClip):
    """No layout of that name."""


class UnknownJoint(UnusableClip):
    """A joint name whose meaning nobody knows, or that occurs twice."""


class UnknownAxes(UnusableClip):
    """Axes that do not name x, y and z once each, with or without a minus."""


class BadShape(UnusableClip):
    """An array that cannot be joints over time."""


class FlatData(UnusableClip):
    """Two-dimensional data: a movement in depth cannot be told from it."""


class NothingToSee(UnusableClip):
    """No joint was seen in any frame."""


class UnknownPerson(UnusableClip):
    """The chosen person is not in the clip."""


class UnknownKey(UnusableClip):
    """A `key` of a JSON file that stands where no clip has it."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class UnreadableClip(ValueError):
    """Bytes that cannot be parsed as the format they are said to be."""


class UnknownFormat(UnreadableClip):
    """No file format of that name, or none that these bytes look like."""
