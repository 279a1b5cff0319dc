"""The two commands of docs/paper.md, run as they stand there on the animator's files."""

import json
import re
import shlex
from pathlib import Path

import pytest

from skeleton.animator.files import as_kinetics
from tests.training.importing.ntu_folder import name, performed, write_ntu_folder
from training.benchmark.variants import read_variants
from training.command_line import main
from training.config import DEFAULT, load_config
from training.split import Split

PAGE = Path(__file__).parents[3] / "docs" / "paper.md"
#: A toy of seconds: what it learns is of no interest here. The body frame's layout of 16 joints,
#: and as many blocks as the paper's place for the importance needs.
TOY = (
    "data.stored_frames=20", "encoder.layout=body16", "encoder.frames=16",
    "encoder.channels=[9, 9, 9, 9, 9, 9]", "encoder.strides=[2, 2, 1, 1, 1, 1]",
    "encoder.segment_width=8",
    "optimiser.epochs=1", "optimiser.batch=8", "cohort.nearest=4", "spectrum.frequencies=1",
    "spectrum.windows=1", "spectrum.window_frequencies=1",
)  # fmt: skip

#: No guidance by text: the videos of Kinetics have no texts here.
PLAIN = ["guidance.importance.weight=0", "guidance.cross_modal.weight=0"]


def commands(benchmark: str) -> list[list[str]]:
    """The two lines of the page that end in this benchmark."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if f"benchmark {benchmark} " in block)
    lines = [shlex.split(line) for line in block.splitlines()]
    assert all(line[:3] == [".venv/bin/python", "-m", "training"] for line in lines)
    return [line[3:] for line in lines]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Runner":
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))  # and put back afterwards
    (tmp_path / "variants.yaml").write_text(json.dumps({"plain": PLAIN}))
    return Runner(tmp_path, monkeypatch)


class Runner:
    """Runs a command of the page in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch

    def __call__(self, words: list[str], *more: str) -> int:
        words = [str(self.folder / "in") if word == "FOLDER" else word for word in words]
        self.monkeypatch.setattr("sys.argv", ["training", *words, *more])
        return main()

    def small(self, words: list[str], *more: str) -> int:
        """The second command, with less of everything."""
        toy = [word for setting in TOY for word in ("--set", setting)]
        return self([*words, *toy], "--draws", "3", "--device", "cpu", *more)


def test_ntu_from_files_to_the_table(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    split = Split.read("ntu60")
    numbers = [int(label[1:]) for label in (*split.novel, *split.base[10])]
    write_ntu_folder(run.folder / "in", numbers, more=1)
    first, second = commands("ntu60")
    assert run(first, "--workers", "1") == 0
    row = ("--base", "10", "--variants", "plain,guided", "--seeds", "1")
    assert run.small(second, *row) == 0
    out = run.folder / "runs" / "ntu60"
    table = (out / "table.md").read_text()
    assert "| InfoGCN (published) | 51.1 | 1.6 M |" in table
    assert re.search(r"\| \*\*plain\*\*, fixed exemplar \| \d+\.\d \| 0\.0\d M \|", table)
    assert "over training seeds (1 of 1)" in table
    assert re.search(r"\| \*\*guided\*\*, drawn exemplars \| \d+\.\d ± \d+\.\d \|", table)
    assert re.search(r"\| guided less plain, drawn, paired by seed \| [+-]\d", table)
    tree = json.loads((out / "table.json").read_text())
    assert tree["novel"] == list(split.novel)
    (plain, guided) = tree["cells"]
    assert (plain["variant"], plain["base"], plain["classes"]) == ("plain", 10, 10)
    assert guided["parameters"] > plain["parameters"]  # of the importance; no text is among them
    assert (plain["queries"], len(plain["cosine"]["drawn"]["accuracy"])) == (10, 3)
    # Given again, nothing is trained or measured anew, and the table is the same.
    capsys.readouterr()
    written = {path: path.stat().st_mtime_ns for path in out.rglob("*/seed_0/*")}
    assert run.small(second, *row) == 0
    assert capsys.readouterr().out.count("finished already") == 2
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*/seed_0/*")} == written
    assert json.loads((out / "table.json").read_text())["cells"] == [plain, guided]
    # Runs and figures of other clips are not taken for these.
    with (run.folder / "var" / "ntu120.npz").open("ab") as archive:
        archive.write(b"one byte more")
    assert run.small(second, *row) == 2
    assert "were made with other clips than" in capsys.readouterr().err
    (out / "archive.sha256").unlink()
    assert run.small(second, *row) == 2
    assert "do not say of which clips they are" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*/seed_0/*")} == written


def test_a_missing_exemplar_is_named_before_anything_is_trained(
    run: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    split = Split.read("ntu60")
    numbers = [int(label[1:]) for label in (*split.novel, *split.base[10])]
    write_ntu_folder(run.folder / "in", numbers, more=2)
    next((run.folder / "in").rglob(f"{name(43)}.skeleton")).unlink()
    first, second = commands("ntu60")
    assert run(first, "--workers", "1") == 0
    assert run.small(second, "--base", "10", "--variants", "plain") == 2
    assert f"the exemplar {name(43)} of A043 is not in the archive" in capsys.readouterr().err
    assert not (run.folder / "runs").exists()


def test_kinetics_from_files_to_the_table(run: Runner) -> None:
    split = Split.read("kinetics")
    place = run.folder / "in" / "kinetics_train"
    place.mkdir(parents=True)
    for number, label in enumerate((*split.novel, *split.base[20])):
        for seed in range(2):
            clip = performed(number, 100 * number + seed, layout="openpose18")
            (place / f"clip{number:02d}{seed}.json").write_bytes(
                as_kinetics(clip, label=label, index=number)
            )
    first, second = commands("kinetics")
    assert run(first, "--workers", "1") == 0
    plain = ("--variant-file", "variants.yaml")
    assert run.small(second, "--base", "20", "--seeds", "1", *plain) == 0
    table = (run.folder / "runs" / "kinetics" / "table.md").read_text()
    assert "published: figures not at hand" in table
    assert re.search(r"\| \*\*plain\*\*, drawn exemplars \| \d+\.\d ± \d+\.\d \|", table)


@pytest.mark.parametrize("name", ["ntu120", "ntu60", "kinetics"])
def test_the_joint_importance_is_taught_as_the_paper_does(name: str) -> None:
    taught = load_config(DEFAULT.with_name(f"{name}.yaml")).importance
    assert taught is not None
    assert (taught.loss, taught.named, taught.after) == ("mse", "all", 5)


@pytest.mark.parametrize("name", ["ntu120", "ntu60", "kinetics"])
def test_every_variant_is_a_configuration(name: str) -> None:
    variants = read_variants(("plain", "global_to_local", "local_to_global", "guided"))
    for overrides in variants.values():
        load_config(DEFAULT.with_name(f"{name}.yaml"), overrides)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--base", "30"), "lists no 30 base classes: it has 20, 40"),
        (("--variants", "guidde"), "has no variant guidde"),
        (("--archive", "nowhere.npz"), "nowhere.npz does not exist"),
    ],
)
def test_a_wrong_choice_ends_with_one_line(
    run: Runner, capsys: pytest.CaptureFixture[str], options: tuple[str, str], said: str
) -> None:
    assert run(["benchmark", "ntu120", *options]) == 2
    assert said in capsys.readouterr().err
