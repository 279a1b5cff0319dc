"""`python -m training describe`: write the texts of your own classes with a language model."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from skeleton import Archive, UnusableClip, resolve_layout
from training.arguments import file
from training.data_folder import archive_path
from training.text.action_text import DESCRIBED, DESCRIBED_LAYOUT, ActionText
from training.text.answers import read_global, read_local
from training.text.descriptions import Descriptions
from training.text.errors import BadAnswer, BadDescription, TextError
from training.text.language_model import LanguageModel, ask, connect
from training.text.prompts import global_prompt, local_prompt

MODEL = "gpt-4.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    names = parser.add_mutually_exclusive_group()
    names.add_argument("--classes", type=Path, help="text file of class names, one a line")
    names.add_argument("--archive", help="a data set by name, or the path of an .npz archive")
    doing = parser.add_mutually_exclusive_group(required=True)
    doing.add_argument("--out", type=file, help="YAML file to write; what is in it is kept")
    doing.add_argument("--check", type=Path, help="only check this YAML file")
    parser.add_argument("--model", default=MODEL, help=f"the endpoint's model (default {MODEL})")
    parser.add_argument(
        "--dataset",
        help="the set's name under data.sets (default: that of --archive, else of --out)",
    )
    parser.add_argument(
        "--layout",
        default=DESCRIBED_LAYOUT,
        help="whose joints are asked for: a layout's name, or joint names separated by commas "
        f"(default {DESCRIBED_LAYOUT}'s {len(DESCRIBED)}, which say enough for any layout)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the texts that are missing, or check a file. Raises `TextError` and `DataMissing`."""
    labels, joints = _labels(arguments), _joints(arguments.layout)
    if arguments.check is not None:
        return _check(arguments.check, labels)
    if labels is None:
        raise TextError("say which classes to describe: --classes FILE or --archive NAME")
    out = arguments.out
    empty = Descriptions(
        dataset=arguments.dataset or (_archive(arguments) or out).stem,
        source=f"written by the language model {arguments.model}",
        actions={},
        path=out,
    )
    descriptions = Descriptions.read(out) if out.exists() else empty
    if arguments.dataset not in (None, descriptions.dataset):
        raise TextError(
            f"--dataset {arguments.dataset}: {out} is of the data set {descriptions.dataset}; "
            "change it in the file, or give another --out"
        )
    missing = [label for label in labels if label not in descriptions.actions]
    if not missing:
        print(f"{out} has all {len(labels)} classes")
        return 0
    with connect(arguments.model) as model:
        return _write(descriptions, missing, model, joints)


def describe(model: LanguageModel, label: str, joints: Sequence[str] = DESCRIBED) -> ActionText:
    """Have a model describe one class by the two prompts, which ask for these joints. Raises
    `BadAnswer` where it does not answer as asked, `NoLanguageModel` where it does not answer at
    all."""
    side, paraphrases = ask(model, global_prompt(label, joints), read_global)
    prompt = local_prompt(label, joints, side=side, whole=paraphrases[0])
    return ActionText(label, label, side, paraphrases, ask(model, prompt, read_local))


def _write(
    descriptions: Descriptions, missing: Sequence[str], model: LanguageModel, joints: Sequence[str]
) -> int:
    """One class at a time, each on disk before the next is asked for."""
    failed: list[str] = []
    try:
        for label in tqdm(missing, desc="describing", unit="class", disable=None):
            try:
                action = describe(model, label, joints)
            except BadAnswer as error:
                failed.append(f"{label}: {error}")
                continue
            actions = {**descriptions.actions, label: action}
            descriptions = replace(descriptions, actions=actions)
            descriptions.write()
    except KeyboardInterrupt:
        print(f"\nstopped; run it again to go on: {descriptions.path}", file=sys.stderr)
        return 130
    for line in failed:
        print(f"failed: {line}", file=sys.stderr)
    for line in descriptions.remarks():
        print(f"warning: {line}", file=sys.stderr)
    print(
        f"{descriptions.path}: {len(missing) - len(failed)} classes described, "
        f"{len(descriptions.actions)} in all; read them before you train on them"
    )
    return 1 if failed else 0


def _joints(layout: str) -> Sequence[str]:
    try:
        return resolve_layout(layout).joints
    except UnusableClip as error:
        raise TextError(f"--layout: {error}") from error


def _check(path: Path, labels: Sequence[str] | None) -> int:
    descriptions = Descriptions.read(path, labels)
    for label in descriptions.actions:
        if labels is not None and label not in labels:
            print(f"warning: {label}: not a class of the data set", file=sys.stderr)
    for line in descriptions.remarks():
        print(f"warning: {line}", file=sys.stderr)
    texts = sum(len(action.texts()) for action in descriptions.actions.values())
    print(f"{path}: {len(descriptions.actions)} classes, {texts} texts: usable")
    return 0


def _archive(arguments: argparse.Namespace) -> Path | None:
    if arguments.archive is None:
        return None
    given = Path(arguments.archive)
    return given if given.suffix == ".npz" else archive_path(arguments.archive)


def _labels(arguments: argparse.Namespace) -> list[str] | None:
    path = _archive(arguments)
    if path is not None:
        try:
            return list(Archive.open(path).label_names)
        except FileNotFoundError as error:
            raise TextError(f"{path} does not exist") from error
    if arguments.classes is None:
        return None
    try:
        lines = arguments.classes.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TextError(f"cannot read the class names: {error}") from error
    labels = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not labels:
        raise TextError(f"{arguments.classes} holds no class names; write one a line")
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise BadDescription(f"{arguments.classes}: {', '.join(twice)}: there a second time")
    return labels
