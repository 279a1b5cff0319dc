"""`python -m training embed`: turn the texts into vectors, once, for training to read."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.arguments import file
from training.text.descriptions import SHIPPED, Descriptions, read_folder
from training.text.embeddings import SHIPPED as SHIPPED_EMBEDDINGS
from training.text.embeddings import TextEmbeddings, needed_texts
from training.text.errors import BadEmbeddings
from training.text.sentence_encoder import DEFAULT, SentenceEncoder, load_encoder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--descriptions", type=Path, nargs="+", default=[SHIPPED],
        help="YAML files or folders of them (default: the shipped ones)",
    )  # fmt: skip
    parser.add_argument(
        "--model", default=DEFAULT, help=f"a sentence encoder by name or path (default {DEFAULT})"
    )
    parser.add_argument("--name", help="what to call the model in the file (default: --model)")
    parser.add_argument("--out", type=file, default=SHIPPED_EMBEDDINGS, help="file to write")
    parser.add_argument("--check", action="store_true", help="only check --out against the texts")
    parser.add_argument("--restart", action="store_true", help="embed all again")


def run(arguments: argparse.Namespace) -> int:
    """Embed the texts that the file lacks, and drop those that nobody needs. Raises `TextError`."""
    texts = needed_texts(_read(arguments.descriptions))
    if arguments.check:
        embeddings = TextEmbeddings.read(arguments.out)
        embeddings.require(texts)
        print(
            f"{arguments.out}: all {len(texts)} texts, {embeddings.width} wide, {embeddings.model}"
        )
        return 0
    name = arguments.name or arguments.model
    kept = _kept(arguments.out, name)
    if arguments.restart:
        kept = None
    absent = [text for text in texts if kept is None or text not in kept]
    if kept is not None and not absent and len(kept) == len(texts):
        print(f"{arguments.out} has all {len(texts)} texts by {name}")
        return 0
    encode = load_encoder(arguments.model) if absent else None
    embeddings = brought_up_to_date(kept, name, texts, encode)
    embeddings.write(arguments.out)
    size = arguments.out.stat().st_size / 1e6
    print(
        f"{arguments.out}: {len(embeddings)} texts ({len(absent)} new), {embeddings.width} wide, "
        f"by {name}, {size:.1f} MB"
    )
    return 0


def brought_up_to_date(
    kept: TextEmbeddings | None, name: str, texts: Sequence[str], encode: SentenceEncoder | None
) -> TextEmbeddings:
    """Return the embeddings of exactly these texts; only those that `kept` lacks are encoded."""
    known = [text for text in texts if kept is not None and text in kept]
    absent = [text for text in texts if kept is None or text not in kept]
    parts = [] if kept is None or not known else [kept.look_up(known)]
    if encode is not None and absent:
        parts.append(encode(absent))
    return TextEmbeddings.of_texts(name, known + absent, np.concatenate(parts))


def _read(paths: list[Path]) -> list[Descriptions]:
    found: list[Descriptions] = []
    for path in paths:
        found += read_folder(path).values() if path.is_dir() else [Descriptions.read(path)]
    return found


def _kept(path: Path, name: str) -> TextEmbeddings | None:
    """What an earlier run embedded, if it was by the same model. Raises `BadEmbeddings` for a file
    of another kind, an archive perhaps."""
    if not path.exists():
        return None
    try:
        earlier = TextEmbeddings.read(path)
    except BadEmbeddings as error:
        raise BadEmbeddings(f"{error}; it is left as it is: give another --out") from error
    return earlier if earlier.model == name else None
