"""`oneshot enroll` and `recognize`: files, folders and globs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skeleton.animator import animate
from skeleton.animator.examples import as_json
from tests.service.command_line.terminal import oneshot
from tests.service.scripted_server import ScriptedServer, refused
from tests.service_process import ServiceProcess
from tests.warm_process import ROOT

ENROLL = ROOT / "examples" / "enroll"
RECOGNIZE = ROOT / "examples" / "recognize"


@pytest.fixture
def where(
    running: Callable[[str, int], ServiceProcess], request: pytest.FixtureRequest
) -> list[str]:
    """The options that lead to an empty collection of a running service."""
    url = running("sqlite", 0).url
    name = f"cli-{abs(hash(request.node.nodeid)) % 10**9}"
    assert oneshot("collections", "create", name, "--url", url).status == 0
    return ["--url", url, "--collection", name]


def test_files_are_enrolled_and_recognised(where: list[str]) -> None:
    for action in ("wave", "kick", "squat"):
        done = oneshot("enroll", ENROLL / f"{action}.json", "--action", action, *where)
        assert done.status == 0, done.err
        assert action in done.out
    done = oneshot("recognize", RECOGNIZE / "kick.json", RECOGNIZE / "wave.json", *where)
    assert done.status == 0
    rows = done.out.splitlines()
    assert [row.split()[1:3] for row in rows[1:]] == [["match", "kick"], ["match", "wave"]]


def test_json_lines_come_in_the_order_of_the_files(where: list[str]) -> None:
    oneshot("enroll", ENROLL / "wave.json", "--action", "wave", *where)
    files = sorted(RECOGNIZE.glob("*.json"))
    done = oneshot("recognize", *files, "--json", "-k", "1", *where)
    assert done.status == 0
    assert [line["file"] for line in done.lines] == [str(file) for file in files]
    assert all(len(line["matches"]) == 1 for line in done.lines)


def test_the_share_of_strangers_moves_the_probability(where: list[str]) -> None:
    oneshot("enroll", ENROLL / "wave.json", "--action", "wave", *where)
    asked = ("recognize", RECOGNIZE / "kick.json", "--json", *where)
    told = [
        oneshot(*asked, *more).lines[0]["probability"]
        for more in (("--strangers", "0"), (), ("--strangers", "0.9"))
    ]
    assert told[0] == 1
    assert 1 > told[1] > told[2] > 0
    for share, says in (("1", "strangers: Input should be less than 1"), ("1.5", "--strangers")):
        done = oneshot("recognize", RECOGNIZE / "kick.json", *where, "--strangers", share)
        assert done.status != 0
        assert says in done.out + done.err


@pytest.mark.parametrize("command", [("enroll", "--action", "wave"), ("recognize",)])
def test_what_would_fail_for_every_clip_is_told_once(
    where: list[str], command: tuple[str, ...]
) -> None:
    files = sorted(RECOGNIZE.glob("*.json"))
    assert len(files) > 1
    done = oneshot(*command, *files, "--url", where[1], "--collection", "nowhere")
    assert done.status == 2
    assert done.err.count("error: ") == 1
    assert "nowhere" in done.err
    assert done.out == ""


def test_a_folder_of_clips_is_enrolled_under_their_names(where: list[str], tmp_path: Path) -> None:
    for action in ("wave", "bow"):
        (tmp_path / action).mkdir()
        for seed in (1, 2):
            body = as_json(animate(action, seed=seed))
            (tmp_path / action / f"take_{seed}.json").write_bytes(body)
    (tmp_path / "notes.md").write_text("no clip")
    done = oneshot("enroll", tmp_path, "--action-from", "folder", "--json", *where)
    assert done.status == 0, done.err
    assert [line["action"] for line in done.lines] == ["bow", "bow", "wave", "wave"]
    listed = oneshot("actions", "--json", *where).lines
    assert {entry["action"]: entry["exemplars"] for entry in listed} == {"bow": 2, "wave": 2}


def test_a_quoted_glob_is_expanded(where: list[str]) -> None:
    done = oneshot("enroll", f"{ENROLL}/s*.json", "--action-from", "file", "--json", *where)
    assert [line["action"] for line in done.lines] == ["sit_down", "squat", "stand_up"]


def test_a_files_name_without_its_suffix_is_its_action(where: list[str], tmp_path: Path) -> None:
    clip = (ENROLL / "wave.json").read_bytes()
    names = ("Dr. Bow.json", "p1.kick.json", "p1.wave.json", "wave.MediaPipe.json")
    for name in names:
        (tmp_path / name).write_bytes(clip)
    arguments = ("enroll", tmp_path, "--action-from", "file", "--json", *where)
    assert [line["action"] for line in oneshot(*arguments).lines] == [
        "Dr. Bow", "p1.kick", "p1.wave", "wave",
    ]  # fmt: skip


def test_the_same_clip_enrolled_again_is_told(where: list[str]) -> None:
    arguments = ("enroll", ENROLL / "bow.json", *where)
    assert "same clip" not in oneshot(*arguments).out
    assert "same clip as in bow" in oneshot(*arguments, "-a", "greet").out


def test_json_files_name_their_action_themselves(where: list[str]) -> None:
    done = oneshot("enroll", ENROLL / "bow.json", ENROLL / "kick.json", "--json", *where)
    assert done.status == 0, done.err
    assert [line["action"] for line in done.lines] == ["bow", "kick"]
    named = oneshot("enroll", ENROLL / "kick.json", "-a", "high kick", "--json", *where).lines
    assert [line["action"] for line in named] == ["high kick"]


def test_arrays_need_their_layout_named(where: list[str]) -> None:
    arguments = ("enroll", ENROLL / "wave.npy", "--action", "wave")
    refused = oneshot(*arguments, *where)
    assert refused.status == 1
    assert "layout" in refused.err
    assert oneshot(*arguments, "--layout", "kinect_v2", "--fps", "30", *where).status == 0


def test_one_bad_file_does_not_keep_the_others(where: list[str], tmp_path: Path) -> None:
    good, bad = tmp_path / "a.json", tmp_path / "b.bvh"
    good.write_bytes(as_json(animate("wave")))
    bad.write_text("HIERARCHY\nROOT")
    done = oneshot("enroll", tmp_path, "--action", "wave", "--json", *where)
    assert done.status == 1
    assert done.lines[0]["exemplars"] == 1
    assert done.lines[1]["error"]["status"] == 400
    assert "b.bvh" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("recognize", "no-such.bvh"), "no such file"),
        (("recognize", "no-such-*.bvh"), "no file matches"),
        (("recognize", "/dev/null"), "neither a file nor a folder"),
        (("enroll", "examples/files/wave.bvh"), "--action"),
        (("enroll", "examples/enroll/wave.json", "examples/recognize/wave.json"), "--action"),
        (("enroll", "x.json", "--action", "a", "--action-from", "file"), "not both"),
        (("enroll", "examples/enroll/wave.json", "--action", "a/b"), "no /"),
        (("actions", "delete", "a/b"), "'a/b' has a /"),
        (("collections", "create", "a/b"), "'a/b' has a /"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_sent(
    arguments: tuple[str, ...], says: str
) -> None:
    done = oneshot(*arguments, "--url", "http://127.0.0.1:9")
    assert done.status == 2
    assert says in done.err


def test_an_empty_name_is_no_name(tmp_path: Path) -> None:
    done = oneshot(
        "enroll", ENROLL / "wave.json", "--action", "", "--local",
        store=f"sqlite:///{tmp_path}/store.db", provider="cpu",
    )  # fmt: skip
    assert done.status == 1
    assert "action" in done.err
    assert "wave" not in done.out


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    done = oneshot("recognize", tmp_path, "--url", "http://127.0.0.1:9")
    assert done.status == 2
    assert "no file" in done.err


def test_hidden_files_of_a_folder_are_left_out(tmp_path: Path) -> None:
    for name in ("wave.json", ".wave.json", ".kept/wave.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ENROLL / "wave.json").read_bytes())
    store = f"sqlite:///{tmp_path}/store.db"
    done = oneshot("enroll", tmp_path, "--local", "--json", store=store, provider="cpu")
    assert [line["file"] for line in done.lines] == [str(tmp_path / "wave.json")]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_a_file_whose_name_is_no_text_is_sent_and_names_no_action(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"wave\xff.json")
    file.write_bytes((ENROLL / "wave.json").read_bytes())
    settings = {"store": f"sqlite:///{tmp_path}/store.db", "provider": "cpu"}
    done = oneshot("enroll", tmp_path, "--local", "--json", **settings)
    assert [line["action"] for line in done.lines] == ["wave"], done.err
    done = oneshot("enroll", tmp_path, "--action-from", "file", "--local", **settings)
    assert done.status == 1
    assert "its file has a name that is not UTF-8; use --action NAME" in done.err


_ASF = """:units
  angle deg
:root
  order TX TY TZ RX RY RZ
  position 0 0 0
  orientation 0 0 0
:bonedata
  begin
    id 1
    name lfemur
    direction 0 -1 0
    length 7
    axis 0 0 0 XYZ
    dof rx ry rz
  end
:hierarchy
  begin
    root lfemur
  end
"""


def test_an_asf_is_no_clip_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "01.asf").write_text(_ASF)
    done = oneshot("recognize", tmp_path, "--url", "http://127.0.0.1:9")
    assert done.status == 2
    assert "holds no file" in done.err
    (tmp_path / "01_01.amc").write_text(":FULLY-SPECIFIED\n:DEGREES\n1\nroot 0 0 0 0 0 0\n")
    for named in (tmp_path, f"{tmp_path}/*"):
        with ScriptedServer(refused(422, "unusable-clip")) as service:
            oneshot("recognize", named, "--url", service.url)
        (request,) = service.received
        assert b'filename="01_01.amc"' in request.body
        assert b'filename="01.asf"' in request.body


def test_a_file_that_is_named_twice_is_enrolled_once(where: list[str]) -> None:
    twice = ("examples/enroll/wave.json", ENROLL / "wave.json")
    assert len(oneshot("enroll", *twice, "-a", "wave", "--json", *where).lines) == 1


def test_a_layout_goes_to_the_files_that_need_it(where: list[str]) -> None:
    files = (ENROLL / "wave.json", ENROLL / "wave.npy")
    arguments = ("enroll", *files, "-a", "wave", "--layout", "kinect_v2", "--json")
    done = oneshot(*arguments, *where)
    assert done.status == 0, done.err
    assert sorted(line["exemplars"] for line in done.lines) == [1, 2]
    refusal = oneshot("recognize", ENROLL / "wave.json", "--layout", "kinect_v2", *where)
    assert refusal.status == 2
    assert "leave it out" in refusal.err


def test_a_json_clip_without_a_layout_takes_the_one_that_is_named(
    where: list[str], tmp_path: Path
) -> None:
    clip = json.loads((ENROLL / "wave.json").read_bytes())["clip"]
    del clip["layout"]
    (tmp_path / "wave.json").write_text(json.dumps(clip))
    arguments = ("enroll", tmp_path / "wave.json", "-a", "wave", "--json")
    assert "give one of" in oneshot(*arguments, *where).err
    done = oneshot(*arguments, "--layout", "kinect_v2", *where)
    assert done.status == 0, done.err
    assert done.lines[0]["quality"]["seen"] == 1.0


@pytest.mark.parametrize("option", [("--format", "fbx"), ("--axes", "x,y")])
def test_options_about_the_clip_are_checked_before_it_is_sent(option: tuple[str, str]) -> None:
    with ScriptedServer(refused(422, "unusable-clip")) as service:
        done = oneshot("recognize", ENROLL / "wave.json", *option, "--url", service.url)
    assert done.status == 2
    assert not service.received
