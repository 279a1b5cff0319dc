"""Embeddings of texts: computed once, kept in a file, served for any layout.

Text depends on the class only, so the embeddings are computed once [N]. The paper's encoder is
DeBERTa-V2-XLarge [N]; any sentence encoder may take its place [R]. Each text is kept once, not each
class or layout (ours): whatever the layout, its sentences are among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from skeleton import Layout
from skeleton.whole_file import whole_file
from training.text.action_text import STILL, ActionText
from training.text.descriptions import Descriptions
from training.text.errors import BadEmbeddings

#: The embeddings of the shipped descriptions.
SHIPPED = Path(__file__).parent / "embeddings.npz"


@dataclass(frozen=True, eq=False)
class ClassEmbedding:
    """A class's texts as vectors: `paraphrases` float32 `(P, D)`, `joints` float32 `(V, D)`."""

    paraphrases: NDArray[np.float32]
    joints: NDArray[np.float32]

    @property
    def whole(self) -> NDArray[np.float32]:
        """The mean of the paraphrases at length 1, float32 `(D,)`."""
        mean: NDArray[np.float32] = self.paraphrases.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


@dataclass(frozen=True, eq=False)
class TextEmbeddings:
    """S texts of one encoder: `keys` uint64 `(S,)` sorted, the texts' hashes; `vectors` float16
    `(S, D)` of length 1; `model` is the encoder's name."""

    model: str
    keys: NDArray[np.uint64]
    vectors: NDArray[np.float16]

    @classmethod
    def of_texts(cls, model: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> Self:
        """Bring vectors `(S, D)` to length 1 and into the order of their texts' hashes."""
        keys = np.array([key(text) for text in texts], dtype=np.uint64)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = (vectors / np.maximum(lengths, 1e-12)).astype(np.float16)
        order = np.argsort(keys)
        return cls(model, keys[order], unit[order])

    @classmethod
    def read(cls, path: str | Path = SHIPPED) -> Self:
        """Read a file. Raises `BadEmbeddings`."""
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as data:
                found = cls(str(data["model"]), data["keys"], data["vectors"])
        except FileNotFoundError as error:
            raise BadEmbeddings(f"{path} does not exist: {_remedy(path)}") from error
        except Exception as error:  # those of numpy, of its zip reader and of its decompressor
            raise BadEmbeddings(f"{path} holds no text embeddings: {error}") from error
        whole = found.keys.dtype == np.uint64 and found.keys.ndim == 1 and found.vectors.ndim == 2
        if not whole or len(found.keys) != len(found.vectors):
            raise BadEmbeddings(f"{path}: its arrays do not agree with each other")
        return found

    def write(self, path: str | Path) -> None:
        """Write the file in one step."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez_compressed(file, model=self.model, keys=self.keys, vectors=self.vectors)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def width(self) -> int:
        """D, the width of a vector."""
        return int(self.vectors.shape[1])

    def __contains__(self, text: str) -> bool:
        return key(text) in self._row

    def look_up(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 `(n, D)`. Raises `BadEmbeddings` for a text that was not embedded: the
        texts were changed since."""
        self.require(texts)
        return self.vectors[[self._row[key(text)] for text in texts]].astype(np.float32)

    def require(self, texts: Iterable[str]) -> None:
        """Raises `BadEmbeddings` where the texts are newer than the embeddings."""
        texts = list(dict.fromkeys(texts))
        absent = [text for text in texts if text not in self]
        if absent:
            raise BadEmbeddings(
                f"the embeddings by {self.model} are older than the texts: {len(absent)} of "
                f"{len(texts)} are not among them, e.g. {absent[0][:70]!r}. {_remedy()}"
            )

    def of(self, action: ActionText, layout: Layout) -> ClassEmbedding:
        """Return the vectors of a class for a layout. Raises `BadEmbeddings` as `look_up`."""
        return ClassEmbedding(
            self.look_up(action.paraphrases), self.look_up(action.sentences(layout))
        )

    @cached_property
    def _row(self) -> dict[int, int]:
        return {int(k): row for row, k in enumerate(self.keys)}


def key(text: str) -> int:
    """Return the 64-bit hash that a text is kept by."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


def needed_texts(descriptions: Iterable[Descriptions]) -> list[str]:
    """Return every text that some layout may ask for, mirror images too, each once and sorted."""
    texts = {STILL}
    for described in descriptions:
        for action in described.actions.values():
            texts.update(action.texts(), action.mirrored().texts())
    return sorted(texts)


def _remedy(path: str | Path = "FILE") -> str:
    return f"Run: python -m training embed --descriptions … --model … --out {path}"
