"""Files of motion capture, written by hand: a BVH body, and an ASF one with its AMC."""

from __future__ import annotations

from skeleton.readers.asf_amc import AMC
from skeleton.readers.bvh import BVH
from skeleton.readers.format import Reading, Source

#: A body of 1.7 m in centimetres: arms hang down from wide shoulders, one number a turn.
BODY = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Neck
  {
    OFFSET 0 50 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT Head
    {
      OFFSET 0 15 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 20 0
      }
    }
    JOINT LeftArm
    {
      OFFSET 18 0 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      JOINT LeftForeArm
      {
        OFFSET 0 -29 0
        CHANNELS 3 Zrotation Xrotation Yrotation
        JOINT LeftHand
        {
          OFFSET 0 -25 0
          CHANNELS 3 Zrotation Xrotation Yrotation
          End Site
          {
            OFFSET 0 -10 0
          }
        }
      }
    }
  }
}
"""
WIDTH = 6 + 5 * 3


def bvh_frame(**turns: tuple[float, float, float]) -> str:
    """One frame's numbers: turns `z x y` of `hips`, `neck`, `head`, `arm`, `fore`, `hand`."""
    parts = [turns.get(name, (0, 0, 0)) for name in ("hips", "neck", "head", "arm", "fore", "hand")]
    return "0 100 0 " + " ".join(f"{value:g}" for part in parts for value in part)


def motion(*frames: str, seconds: str = "0.0333333") -> str:
    """What follows the skeleton in a BVH file."""
    return f"MOTION\nFrames: {len(frames)}\nFrame Time: {seconds}\n" + "\n".join(frames) + "\n"


INCHES = 1 / 2.54  # of a centimetre


def bone(name: str, direction: str, length: float, *more: str) -> str:
    """A bone of an ASF, so many centimetres long."""
    lines = [f"name {name}", f"direction {direction}", f"length {length * INCHES:.6f}", *more]
    return "begin\n id 1\n" + "".join(f" {line}\n" for line in lines) + "end\n"


#: A body in inches: left leg, trunk and left arm, which hangs; some bones with axes of their own.
ASF = (
    """# made by hand
:version 1.10
:name body
:units
  mass 1.0
  length 1.0
  angle deg
:documentation
   any: words, even begin
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
"""
    + bone("lhipjoint", "1 0 0", 10, "axis 0 0 0 XYZ")
    + bone("lfemur", "0 -1 0", 42, "axis 0 0 90 XYZ", "dof rx ry rz", "limits (-1 1)", "(-1 1)")
    + bone("ltibia", "0 -1 0", 41, "axis 0 0 0 XYZ", "dof rx", "limits (0 170)")
    + bone("thorax", "0 1 0", 50, "axis 0 0 0 XYZ", "dof rz rx")
    + bone("head", "0 1 0", 20, "axis 0 0 0 XYZ")
    + bone("lclavicle", "1 0 0", 18, "axis 0 0 0 XYZ")
    + bone("lhumerus", "0 -1 0", 29, "axis 0 0 0 XYZ", "dof rx ry rz")
    + bone("lradius", "0 -1 0", 25, "axis 0 0 0 XYZ", "dof rx")
    + """:hierarchy
  begin
    root lhipjoint thorax
    lhipjoint lfemur
    lfemur ltibia
    thorax head lclavicle
    lclavicle lhumerus
    lhumerus lradius
  end
"""
)
_FREEDOM = {"root": 6, "lfemur": 3, "ltibia": 1, "thorax": 2, "lhumerus": 3, "lradius": 1}


def amc_frame(number: int, **turns: str) -> str:
    """A frame, in which bones turn by these numbers and the others do not."""
    lines = [f"{number}"]
    for name, count in _FREEDOM.items():
        lines.append(f"{name} {turns.get(name, ' '.join(['0'] * count))}")
    return "\n".join(lines) + "\n"


def amc(*frames: str, head: str = ":FULLY-SPECIFIED\n:DEGREES\n") -> str:
    """An AMC file."""
    return "# a movement\n" + head + "".join(frames)


def deep(levels: int, frames: int) -> str:
    """A BVH file of so many bones on top of each other."""
    lines = ["HIERARCHY", "ROOT Hips", "{", "OFFSET 0 0 0", "CHANNELS 1 Xrotation"]
    for i in range(levels):
        lines += [f"JOINT Spine{i}", "{", "OFFSET 0 1 0", "CHANNELS 1 Xrotation"]
    lines += ["JOINT Head", "{", "OFFSET 0 1 0", "End Site", "{", "OFFSET 0 1 0", "}", "}"]
    for side in ("Left", "Right"):
        lines += [f"JOINT {side}Arm", "{", "OFFSET 5 -2 0", "}"]
    lines += ["}"] * (levels + 1)
    lines += ["MOTION", f"Frames: {frames}", "Frame Time: 0.01"]
    return "\n".join(lines + [" ".join(["1"] * (levels + 1))] * frames)


def read_bvh(text: str | bytes) -> Reading:
    """What the reader makes of a BVH file."""
    return BVH.read(Source(_bytes(text)))


def read_amc(motion: str | bytes, skeleton: str | bytes | None = ASF) -> Reading:
    """What the reader makes of an AMC file and the ASF beside it."""
    return AMC.read(Source(_bytes(motion), skeleton=None if skeleton is None else _bytes(skeleton)))


def place(reading: Reading, joint: str, at: int = 0) -> list[float]:
    """Where a joint is in one frame, in centimetres."""
    values = reading.joints[at, reading.layout.index[joint]] * 100
    return [round(float(v), 3) + 0.0 for v in values]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
