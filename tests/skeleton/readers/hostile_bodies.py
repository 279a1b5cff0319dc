"""Bodies of up to 16 MiB that are made to take long or to grow, by format: what is refused only at
its end, and what is just within every limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from skeleton.readers import Source
from tests.skeleton.readers.mocap_files import ASF, BODY, amc, amc_frame, bone, deep
from tests.skeleton.readers.sensor_files import mat

SIZE = 16 * 2**20
_BVH = BODY + "MOTION\nFrames: %d\nFrame Time: 0.03\n"
_ROW = "0 " * 20 + "0\n"  # of the body's BVH
_NAMES = [f"b{i}" for i in range(8)]
_TINY = ":bonedata\n" + "".join(bone(name, "0 1 0", 1, "dof rx") for name in _NAMES)
_TINY += ":hierarchy\nroot " + " ".join(_NAMES) + "\n"
_NTU_BODY = b"%d 0 0 0 0 0 0 0 0 0\n25\n" + b"1 1 1 1 1 1 1 1 1 1 1 2\n" * 25
_CSV = b",".join(b"%s%s" % (j, a) for j in (b"Head", b"HipCenter") for a in (b"X", b"Y", b"Z"))
_WIDE = _CSV + b"," + b",".join(b"c%d" % i for i in range(54)) + b"\n"
_LAYOUT = b'{"layout":"kinect_v2","joints":['
_PERSON = b'{"pose_keypoints":[' + b",".join([b"1"] * 54) + b"]}"
_BODY = b'{"pose":[' + b",".join([b"1"] * 36) + b'],"score":[' + b",".join([b"1"] * 18) + b"]}"
_POSE = b"[" + b",".join([b'{"x":1,"y":1,"z":1}'] * 33) + b"]"


def filled(unit: bytes, head: bytes = b"", tail: bytes = b"", most: int = SIZE) -> bytes:
    """A unit repeated up to the size, or as often as is said."""
    return head + unit * min(most, (SIZE - len(head) - len(tail)) // len(unit)) + tail


def listed(unit: bytes, head: bytes = b"[", tail: bytes = b"]", most: int = SIZE) -> bytes:
    """The same in JSON, with commas between."""
    return filled(unit + b",", head, unit + tail, most)


def amc_of(motion: str | bytes, skeleton: str | bytes = ASF) -> Source:
    parts = [part.encode() if isinstance(part, str) else part for part in (motion, skeleton)]
    return Source(parts[0][:SIZE], skeleton=parts[1][:SIZE])


def bvh_of(text: str) -> Source:
    return Source(text.encode()[:SIZE])


def ntu_of(frame: Callable[[int], bytes], count: int, tail: bytes = b"") -> Source:
    return Source(b"%d\n" % count + b"".join(map(frame, range(count))) + tail)


def noise() -> bytes:
    return np.random.default_rng(0).bytes(SIZE)


def people(frame: int) -> bytes:
    """A frame of one or of two people, who are somewhere else in each."""
    row = [b"%d" % (7 * frame * i % 997) for i in range(54)]
    return listed(b'{"pose_keypoints":[' + b",".join(row) + b"]}", b'{"people":[', b"]}", frame % 2)


HOSTILE: Mapping[str, Mapping[str, Callable[[], Source]]] = {
    "amc": {
        "one line of 10 MB": lambda: amc_of(":degrees\n1\nroot " + "0 " * 5_000_000),
        "line ends": lambda: amc_of("\n" * SIZE),
        "keywords": lambda: amc_of(":degrees\n" * 690_000),
        "many frames": lambda: amc_of(
            amc(*(amc_frame(i, lfemur="12.345 -6.78 3.21") for i in range(1, 99_000)))
        ),
        "tiny lines": lambda: amc_of(
            "".join(f"{i}\n" + "".join(f"{n} 0\n" for n in _NAMES) for i in range(77_000)), _TINY
        ),
        "an endless skeleton": lambda: amc_of(
            amc(amc_frame(1)), ASF + "root lhipjoint\n" * 10**6
        ),
        "a long skeleton": lambda: amc_of(amc(amc_frame(1)), ASF + "root lhipjoint\n" * 49_000),
        "noise": lambda: amc_of(b":degrees\n" + noise().replace(b"\0", b" ")),
    },
    "bvh": {
        "one line of 10 MB": lambda: bvh_of(_BVH % 1 + "0 " * 5_000_000),
        "10 MB of names": lambda: bvh_of("HIERARCHY\nROOT " + "x " * (5 * 10**6)),
        "lines of names": lambda: bvh_of("HIERARCHY\nROOT " + "x \n" * 690_000),
        "many frames": lambda: bvh_of(_BVH % 100_000 + _ROW * 100_000),
        "long frames": lambda: bvh_of(_BVH % 85_000 + _ROW.replace("0", "-12.3456") * 85_000),
        "a number a line": lambda: bvh_of(_BVH % 33_000 + "1\n" * 693_000),
        "wrong at the end": lambda: bvh_of(_BVH % 99_999 + _ROW * 99_998 + "x " + _ROW[2:]),
        "wrong at the end of lines": lambda: bvh_of(_BVH % 33_000 + "1\n" * 692_999 + "x\n"),
        "many deep frames": lambda: bvh_of(deep(190, 40_000)),
        "joints": lambda: bvh_of("HIERARCHY\nROOT a {\n" + "JOINT a {\n}\n" * 345_000),
        "offsets": lambda: bvh_of("HIERARCHY\nROOT a {\n" + "OFFSET 0 0 0\n" * 690_000),
    },
    "skeleton": {
        "one body": lambda: ntu_of(lambda _: b"1\n" + _NTU_BODY % 7, 24_900),
        "six bodies": lambda: ntu_of(
            lambda _: b"6\n" + b"".join(_NTU_BODY % body for body in range(6)), 4_200
        ),
        "six new bodies a frame": lambda: ntu_of(
            lambda i: b"6\n" + b"".join(_NTU_BODY % (6 * i + body) for body in range(6)), 4_200
        ),
        "wrong at the end": lambda: ntu_of(lambda _: b"1\n" + _NTU_BODY % 7, 24_900, b"x\n"),
        "mostly empty": lambda: ntu_of(
            lambda i: b"1\n" + _NTU_BODY % 7 if i % 3 == 2 else b"0\n", 69_000
        ),
        "empty frames": lambda: ntu_of(lambda _: b"0\n", 690_000),
    },
    "csv": {
        "rows": lambda: Source(filled(b"1,1,1,1,1,1\n", _CSV + b"\n", most=100_000)),
        "uneven times": lambda: Source(
            b"ms," + _CSV + b"\n"
            + b"".join(b"%d,1,1,1,1,1,1\n" % (i * 33 + i % 7) for i in range(100_000))
        ),
        "empty cells": lambda: Source(filled(b"," * 59 + b"\n", _WIDE, most=50_000)),
        "words": lambda: Source(filled(b"n/a," * 59 + b"n/a\n", _WIDE, most=50_000)),
        "words and states": lambda: Source(
            filled(b"n/a," * 30 + b"Tracked," * 29 + b"Tracked\n", _WIDE, most=50_000)
        ),
        "decimal commas": lambda: Source(
            filled(b"1,5;" * 59 + b"1,5\n", _WIDE.replace(b",", b";"), most=50_000)
        ),
        "quotes": lambda: Source(filled(b'"1",' * 5 + b'"1"\n', _CSV + b"\n", most=100_000)),
        "a quote without end": lambda: Source(
            filled(b"1,1,1,1,1,1\n", _CSV + b'\n"', most=99_000)
        ),
        "one line": lambda: Source(filled(b"1,", _CSV + b"\n")),
        "a long header": lambda: Source(filled(b"HeadX,")),
    },
    "txt": {
        "KARD": lambda: Source(filled(b"1 1 1\n", most=699_990)),
        "MSR-Action3D": lambda: Source(filled(b"0.123 0.1234 2.345 0.98\n", most=699_040)),
        "wrong at the end": lambda: Source(filled(b"1 1 1 1\n", tail=b"1 1 1 x\n", most=699_000)),
        "one line": lambda: Source(filled(b"1 ", b"1 1 1\n")),
        "blank lines": lambda: Source(filled(b"\n", b"1 1 1\n", most=699_000)),
    },
    "mat": {
        "many frames": lambda: Source(mat({"d_skel": np.ones((20, 3, 99_999))})),
        "more frames": lambda: Source(mat({"d_skel": np.ones((20, 3, 400_000))})),
        "plain": lambda: Source(mat({"d_skel": np.ones((20, 3, 34_000))}, do_compression=False)),
    },
    "json": {
        "a usual clip": lambda: Source(
            listed(listed(b"[1.123,1.123,1.123]", most=24), _LAYOUT, b"]}")
        ),
        "short numbers": lambda: Source(
            listed(listed(b"[1,1,1]", most=24), _LAYOUT, b"]}", most=46_000)
        ),
        "small frames": lambda: Source(
            listed(b"[[1,1,1]]", b'{"layout":["head"],"joints":[', b"]}", most=99_999)
        ),
        "empty lists": lambda: Source(listed(b"[]", _LAYOUT, b"]}", most=1_499_000)),
        "empty lists in frames": lambda: Source(
            listed(listed(b"[]", most=14), _LAYOUT, b"]}", most=93_000)
        ),
        "objects": lambda: Source(listed(b'{"a":1}', _LAYOUT, b"]}", most=999_000)),
        "nulls": lambda: Source(listed(b"null", _LAYOUT, b"]}")),
        "keys": lambda: Source(
            b"{" + b",".join(b'"%d":1' % i for i in range(1_300_000)) + b"}"
        ),
        "brackets": lambda: Source(filled(b"[", _LAYOUT)),
    },
    "openpose": {
        "a person a frame": lambda: Source(
            listed(b'{"people":[' + _PERSON + b"]}", most=64_000)
        ),
        "a crowd": lambda: Source(
            listed(listed(_PERSON, b'{"people":[', b"]}", 9), most=6_400)
        ),
        "one crowded frame": lambda: Source(
            b"[" + listed(_PERSON, b'{"people":[', b"]}", 64_000) + b"]"
        ),
        "one, then two": lambda: Source(b"\n".join(map(people, range(42_000)))),
        "Kinetics": lambda: Source(
            listed(listed(_BODY, b'{"skeleton":[', b"]}", 9), b'{"data":[', b"]}", 6_400)
        ),
        "empty people": lambda: Source(listed(b'{"people":[]}', most=700_000)),
        "empty persons": lambda: Source(
            b"[" + listed(b"{}", b'{"people":[', b"]}", 990_000) + b"]"
        ),
        "keys": lambda: Source(
            b"[{" + b",".join(b'"%d":1' % i for i in range(1_300_000)) + b"}]"
        ),
    },
    "mediapipe": {
        "world landmarks": lambda: Source(listed(b'{"worldLandmarks":' + _POSE + b"}")),
        "image landmarks": lambda: Source(listed(_POSE)),
        "poses": lambda: Source(
            listed(listed(_POSE, b'{"worldLandmarks":[', b"]}", 19))
        ),
        "lines": lambda: Source(filled(b'{"worldLandmarks":' + _POSE + b"}\n")),
        "keys": lambda: Source(
            listed(b"{" + b",".join(b'"a%d":1' % i for i in range(13)) + b"}", most=99_000)
        ),
        "empty frames": lambda: Source(listed(b"[]", most=1_400_000)),
    },
}  # fmt: skip
