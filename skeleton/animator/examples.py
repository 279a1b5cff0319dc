"""The example clips that the README sends with curl: made here, kept in `examples/` (ours).

`enroll/` holds one clip for each action, `recognize/` the same actions by other people, from
other sides, at other speeds, with a sensor's errors; and one action that was never enrolled.
`files/` holds one wave in the formats in which people have theirs, and in the layout of a file in
`layouts/`.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from skeleton.animator import acclaim, files
from skeleton.animator.performance import animate
from skeleton.axes import parse_axes
from skeleton.clip import Clip, record
from skeleton.layouts import Layout
from skeleton.writers.bvh import write_bvh
from skeleton.writers.npz import write_npz


@dataclass(frozen=True)
class Example:
    """A performance, by whom and how it is seen."""

    action: str
    body: str
    seed: int
    speed: float = 1.0
    yaw: float = 0.0
    noise: float = 0.0
    missing: float = 0.0

    def clip(self, layout: str | Layout = "kinect_v2") -> Clip:
        """Perform it, to the millimetre."""
        clip = animate(
            self.action,
            body=self.body,
            seed=self.seed,
            speed=self.speed,
            yaw=self.yaw,
            noise=self.noise,
            missing=self.missing,
            layout=layout,
        )
        # The added zero turns -0.0 into 0.0.
        joints = (np.round(clip.joints.astype(np.float64), 3) + 0.0).astype(np.float32)
        return Clip(joints, clip.layout, clip.fps)


#: One clip for each action to enroll, by the name of its file.
ENROLLED = (
    Example("wave", "adult", 24),
    Example("kick", "adult", 22),
    Example("squat", "adult", 23),
    Example("clap", "adult", 21),
    Example("throw", "adult", 25),
    Example("bow", "adult", 26),
    Example("sit_down", "adult", 27),
    Example("stand_up", "adult", 28),
)
#: Clips to recognise; the last one's action is not among the enrolled.
RECOGNIZED = (
    Example("wave", "child", 37, 1.3, 28, 0.006, 0.02),
    Example("kick", "tall", 32, 1.15, -24, 0.006, 0.02),
    Example("squat", "broad", 33, 0.85, 35, 0.006, 0.02),
    Example("clap", "short", 34, 1.1, -18, 0.006, 0.02),
    Example("throw", "teenager", 35, 0.9, 20, 0.006, 0.02),
    Example("bow", "tall", 36, 1.2, -32, 0.006, 0.02),
    Example("sit_down", "child", 31, 1.05, 15, 0.006, 0.02),
    Example("stand_up", "broad", 38, 0.9, -22, 0.006, 0.02),
    Example("jumping_jack", "teenager", 39, 1.0, 10, 0.006, 0.02),
)
#: What the files in other formats hold.
FILED = Example("wave", "teenager", 41, 1.2, 10)

#: A layout file, as someone writes it whose camera nobody else knows.
MY_CAMERA = """\
# What my camera's software calls the joints, in the order of its arrays.
name: my_camera
axes: x,-y,-z  # it keeps x to the picture's right, y down, z away from it
joints:
  [Hip_C, Torso, Neck, Head_1,
   ArmUpL, ArmLoL, HandL, ArmUpR, ArmLoR, HandR,
   LegUpL, LegLoL, FootL, LegUpR, LegLoR, FootR, Stick]

# Where a name would not be understood: the joint that is meant. Hands and feet need none.
synonyms:
  Hip_C: pelvis
  Head_1: head
  ArmUpL: left_shoulder
  ArmLoL: left_elbow
  ArmUpR: right_shoulder
  ArmLoR: right_elbow
  LegUpL: left_hip
  LegLoL: left_knee
  LegUpR: right_hip
  LegLoR: right_knee
  Stick: null  # no part of a body: kept and drawn, but never compared

# May be left out: then they follow from the joints' meaning. Here the stick hangs on the hand.
parents:
  Torso: Hip_C
  Neck: Torso
  Head_1: Neck
  ArmUpL: Neck
  ArmLoL: ArmUpL
  HandL: ArmLoL
  ArmUpR: Neck
  ArmLoR: ArmUpR
  HandR: ArmLoR
  LegUpL: Hip_C
  LegLoL: LegUpL
  FootL: LegLoL
  LegUpR: Hip_C
  LegLoR: LegUpR
  FootR: LegLoR
  Stick: HandR
"""
_MY_CAMERA_JOINTS = (
    "pelvis,spine,neck,head,left_shoulder,left_elbow,left_hand,right_shoulder,right_elbow,"
    "right_hand,left_hip,left_knee,left_foot,right_hip,right_knee,right_foot"
)


def example_files() -> dict[str, bytes]:
    """Return every example file's content by its path under the examples' folder."""
    made: dict[str, bytes] = {}
    for example in ENROLLED:
        clip = example.clip()
        made[f"enroll/{example.action}.json"] = as_json(clip, action=example.action)
        made[f"enroll/{example.action}.npy"] = as_npy(clip)
    for example in RECOGNIZED:
        clip = example.clip()
        made[f"recognize/{example.action}.json"] = as_json(clip)
        made[f"recognize/{example.action}.npy"] = as_npy(clip)
    return made | _filed() | {"layouts/my_camera.yaml": MY_CAMERA.encode()}


def _filed() -> dict[str, bytes]:
    clip, v1 = FILED.clip(), FILED.clip("kinect_v1")
    recording = record(clip.joints, clip.layout, fps=clip.fps)
    bones, motion = acclaim.as_asf_amc(FILED.clip(acclaim.ACCLAIM))
    made = {
        "wave.skeleton": files.as_ntu(clip),
        "wave.csv": files.as_kinect_csv(v1),
        "wave.mat": files.as_mat(v1),
        "wave.mediapipe.json": files.as_mediapipe(FILED.clip("mediapipe")),
        "wave.openpose.json": files.as_openpose(FILED.clip("openpose25")),
        "wave.bvh": write_bvh(recording),
        "wave.asf": bones,
        "wave.amc": motion,
        "wave.npz": write_npz(recording),
        "my_camera.npy": _my_camera(),
    }
    return {f"files/{name}": content for name, content in made.items()}


def _my_camera() -> bytes:
    """The wave as the layout file describes it, with a stick in the right hand."""
    clip = FILED.clip(_MY_CAMERA_JOINTS)
    elbow, hand = (clip.joints[..., [clip.layout.index[f"right_{part}"]], :]
                   for part in ("elbow", "hand"))  # fmt: skip
    held = np.concatenate([clip.joints, hand + 1.2 * (hand - elbow)], axis=2)
    turned = parse_axes("x,-y,-z").apply(np.round(held, 3)) + np.float32(0)
    return as_npy(Clip(turned, clip.layout, clip.fps))


def write_examples(folder: Path) -> list[Path]:
    """Write the example files into a folder; running it again writes the same bytes."""
    written = []
    for name, content in example_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def as_json(clip: Clip, *, action: str | None = None) -> bytes:
    """Write a clip of one person as the JSON body of an HTTP request, millimetres exact; with
    `action` one to enroll. An unseen joint is null."""
    received = clip.joints[:, 0].astype(np.float64)
    joints = np.round(received, 3).tolist()
    for frame, joint in np.argwhere(np.isnan(received).any(axis=-1)):
        joints[frame][joint] = None
    body: dict[str, object] = {} if action is None else {"action": action}
    body["clip"] = {"layout": clip.layout.name, "fps": clip.fps, "joints": joints}
    return (json.dumps(body, separators=(",", ":")) + "\n").encode()


def as_npy(clip: Clip) -> bytes:
    """Write a clip of one person as a `.npy` array, float32 `(T, V, 3)`, NaN where unseen."""
    buffer = BytesIO()
    np.save(buffer, clip.joints[:, 0], allow_pickle=False)
    return buffer.getvalue()
