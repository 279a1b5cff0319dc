"""Words of the library and the service as the command line says them."""

import re

# A word of Python or of an address: `layout=`, `axes=x,z,-y`, `skeleton=PATH`; no part of a path.
_ARGUMENT = re.compile(r"(?<![\w/?&.'-])(axes|format|fps|layout|person|skeleton)=(?=(\w|-)?)")


def as_options(text: str) -> str:
    """The text with `--layout` for `layout=`, and the other options about a clip alike."""
    return _ARGUMENT.sub(lambda found: f"--{found[1]}{' ' if found[2] else ''}", text)
