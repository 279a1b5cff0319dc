"""The names of a collection's keys, and how the values under them read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from service.store.errors import StoreCorrupt
from service.store.names import check_collection, is_collection
from service.store.records import Change, ChangeKind, CollectionInfo, Version
from service.store.serialisation import unpack_time

SCHEMA_KEY = "oneshot:schema"
META_PATTERN = "oneshot:{*}:meta"
META_FIELDS = ("incarnation", "revision", "space", "created", "actions", "spaces")


def key_of(name: str, part: str) -> str:
    """One key of a collection, with its hash tag. Raises InvalidName."""
    return f"oneshot:{{{check_collection(name)}}}:{part}"


def mutation_keys(name: str, spaces: Sequence[str]) -> list[str]:
    """The keys of a collection in the order every mutation takes them; the arrays' come last."""
    parts = ("meta", "exemplars", "clips", "index", "log")
    return [key_of(name, part) for part in (*parts, *(f"arrays:{space}" for space in spaces))]


def spaces_of(meta: Mapping[str, str]) -> list[str]:
    """Every space of which a collection keeps arrays, the one it is bound to first."""
    return list(dict.fromkeys((*meta["space"].split(), *meta["spaces"].split())))


def collection_of(meta_key: str) -> str | None:
    """The collection a meta key belongs to, None for a key of someone else."""
    name = meta_key.removeprefix("oneshot:{").removesuffix("}:meta")
    return name if is_collection(name) else None


def meta_question(name: str) -> tuple[str, ...]:
    """The command that reads a collection's meta."""
    return ("HMGET", key_of(name, "meta"), *META_FIELDS)


def meta_of(values: Sequence[bytes | None]) -> dict[str, str]:
    """The answer to it by its fields. A collection of a release before migrations lists no
    spaces."""
    return dict(zip(META_FIELDS, ((value or b"").decode() for value in values), strict=True))


def size_question(name: str) -> tuple[str, ...]:
    """The command that counts a collection's exemplars."""
    return ("HLEN", key_of(name, "exemplars"))


def collection_info(name: str, meta: Mapping[str, str], exemplars: int) -> CollectionInfo:
    """What is told of a collection, from its meta and its size."""
    return CollectionInfo(
        name=name,
        space=meta["space"] or None,
        revision=int(meta["revision"]),
        actions=int(meta["actions"]),
        exemplars=exemplars,
        created=unpack_time(meta["created"]),
    )


def version(values: Sequence[Any]) -> Version:
    """From incarnation and revision."""
    return Version(values[0].decode(), int(values[1]))


def record(text: bytes) -> list[str]:
    """Action, created and metadata of one exemplar. Raises StoreCorrupt."""
    parts = text.decode().split("\0", 2)
    if len(parts) != 3:
        raise StoreCorrupt("an exemplar's record cannot be read")
    return parts


def change(stream_id: bytes, fields: dict[bytes, bytes]) -> Change:
    """From one entry of the log's stream."""
    text = {key.decode(): value.decode() for key, value in fields.items()}
    return Change(
        revision=int(stream_id.split(b"-")[0]),
        at=unpack_time(text["at"]),
        kind=cast("ChangeKind", text["kind"]),
        action=text["action"],
        ids=tuple(text["ids"].split()),
        space=text["space"],
    )
