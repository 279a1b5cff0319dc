"""Forms as curl and browsers send them: `multipart/form-data`, built by hand."""

from __future__ import annotations

from collections.abc import Mapping

BOUNDARY = "a-boundary-of-the-tests"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(files: Mapping[str, tuple[str, bytes]], fields: Mapping[str, str] | None = None) -> bytes:
    """A form's body: files by the name of their part, as (file name, bytes), and fields."""
    parts = [part(f'name="{name}"', value.encode()) for name, value in (fields or {}).items()]
    parts += [
        part(f'name="{name}"; filename="{file_name}"', data)
        for name, (file_name, data) in files.items()
    ]
    return closed(*parts)


def part(disposition: str, data: bytes) -> bytes:
    """One part, with what stands in its Content-Disposition."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + data + b"\r\n"


def closed(*parts: bytes) -> bytes:
    """The parts with the end that a form has."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
