"""Names that callers choose, and what they may be."""

from typing import Annotated

from fastapi import Path
from pydantic import Field, StringConstraints

COLLECTION_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
#: 1 to 200 characters, no control characters, no `/`; nor U+FFFD, which stands in an address for
#: bytes that are no UTF-8.
ACTION_PATTERN = r"^[^\x00-\x1f\x7f-\x9f/\ufffd]{1,200}$"

#: What a pattern means, for who sent something else.
MEANINGS = {
    COLLECTION_PATTERN: "1 to 64 letters, digits, `.`, `_`, `-`",
    ACTION_PATTERN: "1 to 200 characters of UTF-8, no control characters, no `/`",
}

CollectionName = Annotated[str, StringConstraints(pattern=COLLECTION_PATTERN)]
ActionName = Annotated[str, StringConstraints(pattern=ACTION_PATTERN)]

CollectionField = Annotated[
    CollectionName, Field(description="The gallery to use; `default` always exists.")
]
CollectionPath = Annotated[CollectionName, Path(description="Name of the collection.")]
ActionPath = Annotated[ActionName, Path(description="Name of the action.")]
ActionField = Annotated[
    ActionName,
    Field(description=f"The action's name: {MEANINGS[ACTION_PATTERN]}."),
]
