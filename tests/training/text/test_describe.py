"""`describe`: a user's classes described by a model behind a real HTTP endpoint."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from tests.animator_archive import write_animator_archive
from tests.training.text.chat_server import GLOBAL, LOCAL, as_asked, serving
from training.command_line import main
from training.text.descriptions import SHIPPED, Descriptions
from training.text.language_model import ENDPOINT, KEY

CLASSES = ("wave", "say hello", "shoo it away")


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    file = tmp_path / "classes.txt"
    file.write_text("# mine\n" + "\n".join(CLASSES) + "\n\n")
    return file


@pytest.fixture
def describe(monkeypatch: pytest.MonkeyPatch, classes: Path, tmp_path: Path):
    def command(url: str | None, *arguments: str, key: str | None = "secret") -> int:
        for name, value in ((ENDPOINT, url), (KEY, key)):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        given = arguments or (
            "--classes", str(classes), "--out", str(tmp_path / "my_set.yaml"), "--model", "tiny",
        )  # fmt: skip
        monkeypatch.setattr(sys, "argv", ["training", "describe", *given])
        return main()

    return command


def written(tmp_path: Path) -> Descriptions:
    return Descriptions.read(tmp_path / "my_set.yaml")


def test_every_class_is_described_by_the_two_prompts(describe, tmp_path: Path) -> None:
    with serving() as server:
        assert describe(server.url) == 0
    found = written(tmp_path)
    found.require(CLASSES)
    wave = found["wave"]
    assert wave.side == "either"
    assert len(wave.paraphrases) == 2
    assert wave.joints == {
        "right_elbow": "bends to a right angle and stays so.",
        "right_wrist": "swings outward and inward again and again.",
    }
    assert found.dataset == "my_set"
    assert "tiny" in found.source
    assert len(server.requests) == 2 * len(CLASSES)
    assert {request["model"] for request in server.requests} == {"tiny"}
    assert set(server.keys) == {"Bearer secret"}


def test_the_joints_of_any_layout_can_be_asked_for(
    describe, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--classes", str(classes), "--out", str(tmp_path / "my_set.yaml"))
    for layout, asked, not_asked in (
        ("kinect_v1", "right hand", "right thumb"),
        ("kinect_v2", "right thumb", "right ear"),
        ("left_elbow,right_elbow", "left elbow, right elbow", "right hand"),
    ):
        with serving() as server:
            assert describe(server.url, *given, "--layout", layout) == 0
        prompts = [request["messages"][-1]["content"] for request in server.requests]
        lists = [re.search(r"these joints[a-z ]*: ([a-z ,]+)", prompt)[1] for prompt in prompts]
        assert len(lists) == 2 * len(CLASSES)
        assert all(asked in joints and not_asked not in joints for joints in lists)
        (tmp_path / "my_set.yaml").unlink()
    assert describe("http://127.0.0.1:9", *given, "--layout", "kinekt") == 2
    assert "--layout: " in capsys.readouterr().err


def test_what_is_there_is_kept_and_not_asked_again(describe, tmp_path: Path) -> None:
    with serving() as server:
        describe(server.url)
    found = written(tmp_path)
    by_hand = found["wave"].mirrored()
    left = {**found.actions, "wave": by_hand}
    del left["say hello"]
    Descriptions("my_set", "by hand", left, found.path).write()
    with serving() as server:
        assert describe(server.url) == 0
        assert server.actions == ["say hello"]
        assert describe(server.url) == 0
        assert len(server.requests) == 2
    assert written(tmp_path)["wave"] == by_hand
    assert written(tmp_path).source == "by hand"


def test_a_malformed_answer_and_a_wrong_joint_are_asked_again_with_the_reason(
    describe, tmp_path: Path
) -> None:
    wrong = LOCAL.replace("RightWrist", "right wrst")
    answers = ["Sure! I'd love to.", f"Here it is:\n```json\n{GLOBAL}\n```", wrong, LOCAL]
    with serving(lambda n, body: answers[n] if n < 4 else as_asked(n, body)) as server:
        assert describe(server.url) == 0
    again, once_more = server.requests[1]["messages"], server.requests[3]["messages"]
    assert "no JSON object" in again[-1]["content"]
    assert again[-2] == {"role": "assistant", "content": answers[0]}
    assert "'right wrst' is not a joint (did you mean right_wrist" in once_more[-1]["content"]
    assert set(written(tmp_path)["wave"].joints) == {"right_elbow", "right_wrist"}


def test_a_class_that_no_answer_fits_is_named_and_the_others_are_kept(
    describe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stubborn(number: int, body: dict) -> str:
        asked = "say hello" in body["messages"][0]["content"]
        return "I cannot do that." if asked else as_asked(number, body)

    with serving(stubborn) as server:
        assert describe(server.url) == 1
    assert set(written(tmp_path).actions) == set(CLASSES) - {"say hello"}
    assert "failed: say hello: 4 answers could not be used" in capsys.readouterr().err


def test_a_busy_endpoint_is_asked_again(describe, tmp_path: Path) -> None:
    def busy(number: int, body: dict) -> str | tuple[int, str]:
        return (429, "slow down") if number in (0, 3, 4, 5) else as_asked(number, body)

    with serving(busy) as server:
        assert describe(server.url) == 0
    written(tmp_path).require(CLASSES)
    assert len(server.requests) == 2 * len(CLASSES) + 4


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, KEY), (403, KEY), (404, "does it have the model 'tiny'"), (429, "limit of the key")],
)
def test_a_refusal_says_why_and_keeps_what_was_done(
    describe, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, hint: str
) -> None:
    def refusing(number: int, body: dict) -> str | tuple[int, str]:
        return as_asked(number, body) if number < 2 else (status, "not for you")

    with serving(refusing) as server:
        assert describe(server.url) == 2
        said = capsys.readouterr().err
    assert f"refused with status {status}: not for you" in said
    assert hint in said
    assert set(written(tmp_path).actions) == {"wave"}


def test_no_endpoint_and_no_key_are_said(
    describe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        gone = server.url
    assert describe(gone) == 2
    said = capsys.readouterr().err
    assert gone in said
    assert "nobody answers" in said
    assert describe(None, key=None) == 2
    assert f"{KEY} is not set" in capsys.readouterr().err
    assert not (tmp_path / "my_set.yaml").exists()


def test_an_endpoint_of_ones_own_needs_no_key(describe, tmp_path: Path) -> None:
    with serving() as server:
        assert describe(server.url, key=None) == 0
    written(tmp_path).require(CLASSES)


def test_after_a_kill_it_goes_on_where_it_was(describe, classes: Path, tmp_path: Path) -> None:
    out, reached, let_go = tmp_path / "my_set.yaml", Event(), Event()

    def stuck(number: int, body: dict) -> str:
        if number == 2:
            reached.set()
            let_go.wait(60)
        return as_asked(number, body)

    with serving(stuck) as server:
        environment = {**os.environ, ENDPOINT: server.url, KEY: "secret"}
        command = [sys.executable, "-m", "training", "describe", "--classes", str(classes),
                   "--out", str(out)]  # fmt: skip
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        assert reached.wait(60)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        let_go.set()
    assert set(written(tmp_path).actions) == {"wave"}
    with serving() as server:
        assert describe(server.url) == 0
        assert server.actions == ["say hello", "shoo it away"]
    assert [path.name for path in tmp_path.glob("*.yaml")] == ["my_set.yaml"]


def test_check_names_what_is_wrong(
    describe, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        describe(server.url)
    file = tmp_path / "my_set.yaml"
    assert describe(None, "--check", str(file), "--classes", str(classes)) == 0
    heard = capsys.readouterr()
    assert "3 classes, 12 texts: usable" in heard.out
    assert "share a sentence" in heard.err  # the scripted model says the same of all
    classes.write_text("wave\nsay helo\n")
    assert describe(None, "--check", str(file), "--classes", str(classes)) == 2
    assert (
        "no texts for the classes 'say helo' (did you mean say hello?)" in capsys.readouterr().err
    )
    file.write_text(file.read_text().replace("right_wrist:", "right_wrst:", 1))
    assert describe(None, "--check", str(file)) == 2
    assert "classes: wave: joints: right_wrst: is not a joint" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "complaint"), [("", "holds no class names"), ("wave\nwave\n", "second time")]
)
def test_class_names_that_cannot_be_meant_are_refused(
    describe, classes: Path, capsys: pytest.CaptureFixture[str], names: str, complaint: str
) -> None:
    classes.write_text(names)
    assert describe("http://127.0.0.1:9/v1") == 2
    assert complaint in capsys.readouterr().err


def test_an_archives_texts_are_of_its_data_set(describe, tmp_path: Path) -> None:
    archive = tmp_path / "moves.npz"
    write_animator_archive(archive, ("wave", "kick"), subjects=1, repetitions=1)
    given = ("--archive", str(archive), "--out", str(tmp_path / "my_set.yaml"))
    with serving() as server:
        assert describe(server.url, *given) == 0
    found = written(tmp_path)
    assert (found.dataset, set(found.actions)) == ("moves", {"wave", "kick"})


def test_a_file_of_another_data_set_is_not_added_to(
    describe, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        assert describe(server.url) == 0
    before = (tmp_path / "my_set.yaml").read_bytes()
    classes.write_text("nod\n")
    given = ("--classes", str(classes), "--out", str(tmp_path / "my_set.yaml"))
    with serving() as server:
        assert describe(server.url, *given, "--dataset", "theirs") == 2
        assert server.requests == []
    assert "my_set.yaml is of the data set my_set" in capsys.readouterr().err
    assert (tmp_path / "my_set.yaml").read_bytes() == before


@pytest.mark.real_data
def test_check_takes_the_class_names_of_an_archive(
    describe, capsys: pytest.CaptureFixture[str]
) -> None:
    assert describe(None, "--check", str(SHIPPED / "kard.yaml"), "--archive", "kard") == 0
    assert capsys.readouterr().err == ""
    assert describe(None, "--check", str(SHIPPED / "kard.yaml"), "--archive", "precog16") == 2
