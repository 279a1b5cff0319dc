"""A sentence encoder of `sentence-transformers`: any, by name or path."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.text.errors import NoSentenceEncoder

#: 384 wide, 90 MB: small enough for any machine (ours).
DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"

#: Texts to float32 `(n, D)`.
SentenceEncoder = Callable[[Sequence[str]], NDArray[np.float32]]


def load_encoder(model: str) -> SentenceEncoder:
    """Return an encoder by the name that the library knows it by, or by the folder it lies in.

    Raises `NoSentenceEncoder` without the library, and for a model that it cannot load.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise NoSentenceEncoder(
            "sentence-transformers is needed: pip install -e '.[text]' in the checkout"
        ) from error
    if ("/" in model and model.startswith((".", "/", "~"))) and not Path(
        model
    ).expanduser().exists():
        raise NoSentenceEncoder(f"no sentence encoder lies at {model}")
    try:
        loaded = SentenceTransformer(str(Path(model).expanduser()))
    except Exception as error:  # of the hub's client, of the network, of the files
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NoSentenceEncoder(
            f"cannot load the sentence encoder {model!r}: {reason[0][:300]}. Without a network, "
            "give the path of a folder that holds one"
        ) from error

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = loaded.encode(
            list(texts), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=True
        )
        return np.asarray(vectors, dtype=np.float32)

    return encode
