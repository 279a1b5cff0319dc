"""Damage: bytes that were a good file, as transmission, tools and enemies leave them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_ODD = (
    b"NaN", b"nan", b"inf", b"-Infinity", b"1e400", b"-1e38", b"1e300", b"0", b"-1", b"1e-320",
    b"999999999", b"99999999999999999999", b"9" * 400, b"0x10", b"1_0", b"", b"abc", b"1,5", b"--",
    "\u0661".encode(), b"1.2.3", b"1e", b"true", b"null", b"\xff\xfe", b"\0",
)  # fmt: skip


def damaged(good: list[bytes], seed: int, cases: int) -> Iterator[bytes]:
    """As many bodies, each one of the good files damaged in one to four ways; the same for the
    same seed."""
    chance = random.Random(seed)
    for _ in range(cases):
        yield damage(chance.choice(good), chance)


def damage(data: bytes, chance: random.Random) -> bytes:
    """Damage one body in one to four ways."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(_WAYS)(data, chance)
    return data


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _behead(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randint(0, min(len(data), 200)) :]


def _flip(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 30)) if data else 0):
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _replace(data: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    length = chance.choice((0, 1, 2, 4, 8, 100))
    return data[:at] + chance.randbytes(chance.choice((0, 1, 4, 8))) + data[at + length :]


def _word(data: bytes, chance: random.Random) -> bytes:
    """A word of four bytes, which in a binary file is a size or a count."""
    at = chance.randint(0, max(0, min(len(data), 400) - 4)) & ~3
    value = chance.choice((0, 1, 3, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, chance.getrandbits(32)))
    return data[:at] + value.to_bytes(4, "little") + data[at + 4 :]


def _number(data: bytes, chance: random.Random) -> bytes:
    begin = chance.choice((0, chance.randint(0, len(data))))
    for _ in range(chance.choice((1, 1, 3, 9))):
        found = _NUMBER.search(data, begin)
        if found is None:
            break
        data = data[: found.start()] + chance.choice(_ODD) + data[found.end() :]
        begin = found.end()
    return data


def _lines(data: bytes, chance: random.Random) -> bytes:
    """Lines left out, said twice, exchanged or joined."""
    lines = data.split(b"\n")
    at, to = sorted((chance.randint(0, len(lines)), chance.randint(0, len(lines))))
    to = chance.choice((min(at + 1, len(lines)), min(at + 3, len(lines)), to))
    part = lines[at:to]
    way = chance.randrange(5)
    if way == 0:
        part = []
    elif way == 1:
        part = part * 2 if len(data) < 10**6 else part
    elif way == 2:
        part = part[::-1]
    elif way == 3:
        part = [b" ".join(part)]
    else:
        part = [b"", *part, b"  "]
    return b"\n".join(lines[:at] + part + lines[to:])


def _noise(data: bytes, chance: random.Random) -> bytes:
    noise = chance.randbytes(chance.choice((0, 1, 10, 1000)))
    return chance.choice((noise, data + noise, noise + data))


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _behead, _flip, _replace, _word, _number, _number, _lines, _lines, _noise,
)  # fmt: skip
