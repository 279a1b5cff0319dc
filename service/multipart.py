"""Multipart: the fields and files of a form, out of a body that lies in memory already.

python-multipart finds the parts; nothing is written to a disk, nothing is decoded twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from service.bodies import Body
from service.problems import Unparsable, Unusable

_MOST_PARTS = 8
_LONGEST_FIELD = 8192  # bytes; the longest are joint names in order
#: Parts of these names are files even when the sender gives no file name.
_FILES = ("file", "skeleton", "motion")
#: What curl sends for a file whose @ was forgotten: its name, and no clip is as short as one.
_FILE_NAME = re.compile(rb"[^\r\n\0]{0,250}\.[A-Za-z]\w{1,9}")
_HOW = "send it with curl -F file=@FILE, which writes the Content-Type itself"


@dataclass(frozen=True)
class Upload:
    """A file of a form: its bytes, and the name it has at the sender's, often empty."""

    data: bytes
    name: str = ""


@dataclass(frozen=True)
class Form:
    """A form: its fields and its files, each by the name of its part."""

    fields: Mapping[str, str]
    files: Mapping[str, Upload]


@dataclass
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    data: bytearray = field(default_factory=bytearray)


def parse_form(body: Body) -> Form:
    """Parse a `multipart/form-data` body.

    Raises `Unparsable` for what is no such body or was cut short, `Unusable` for too many parts,
    a field that is too long, and a name that comes twice.
    """
    boundary = parse_options_header(body.content_type)[1].get(b"boundary")
    if not boundary:
        raise Unparsable(f"the Content-Type names no boundary between the parts: {_HOW}")
    collected = _Parts()
    try:
        parser = MultipartParser(boundary, collected.callbacks())  # type: ignore[arg-type]
        parser.write(body.data)
        parser.finalize()
    except FormParserError as error:
        raise Unparsable(f"the body is not multipart/form-data: {error}; {_HOW}") from error
    if not collected.ended:
        raise Unparsable(f"the body ends before its last part does: it was cut short; {_HOW}")
    return _form(collected.parts)


class _Parts:
    """The parts as the parser finds them."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.ended = False

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._now.header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._now.value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": self._add,
            "on_end": self._end,
        }

    @property
    def _now(self) -> _Part:
        return self.parts[-1]

    def _begin(self) -> None:
        if len(self.parts) == _MOST_PARTS:
            raise Unusable(f"the form has more than {_MOST_PARTS} parts; send one clip at a time")
        self.parts.append(_Part())

    def _end_header(self) -> None:
        part = self._now
        part.headers[bytes(part.header).lower()] = bytes(part.value)
        part.header, part.value = bytearray(), bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        self._now.data.extend(memoryview(data)[start:end])

    def _end(self) -> None:
        self.ended = True


def _form(parts: list[_Part]) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in parts:
        options = parse_options_header(part.headers.get(b"content-disposition"))[1]
        if b"name" not in options:
            raise Unparsable(
                f"a part of the form has no name in its Content-Disposition header: {_HOW}"
            )
        name = _text(options[b"name"])
        if name in fields or name in files:
            raise Unusable(f"{name[:60]}: given more than once in the form")
        if b"filename" in options or name in _FILES:
            if b"filename" not in options and _FILE_NAME.fullmatch(part.data):
                raise Unparsable(
                    f"{name}: it is {_text(part.data)!r} as text, and not the file of that name; "
                    f"write an @ before the name, -F {name}=@{_text(part.data)}"
                )
            files[name] = Upload(bytes(part.data), _text(options.get(b"filename", b"")))
            part.data.clear()
        elif len(part.data) > _LONGEST_FIELD:
            raise Unusable(
                f"{name[:60]}: a field of {len(part.data)} bytes is too long; a file is sent with "
                "an @ before its name, -F file=@FILE"
            )
        else:
            fields[name] = _text(part.data)
    return Form(fields, files)


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace")
