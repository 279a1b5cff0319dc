"""Settings: one frozen object, from the environment with the prefix ONESHOT_."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MODEL = Path(__file__).parent / "models" / "default.onnx"
_MIB = 1024 * 1024
_PREFIX = "ONESHOT_"
#: Variables of the command line, of the tests and of docker/prove.sh.
_OF_OTHERS = {
    "ONESHOT_DATA",
    "ONESHOT_KEY",
    "ONESHOT_LOCAL_DOCKER",
    "ONESHOT_REQUIRE_DATA",
    "ONESHOT_REQUIRE_DOCKER",
    "ONESHOT_URL",
}


class BadSettings(ValueError):
    """A setting is out of range; the message names the variable."""


class Settings(BaseSettings):
    """What an operator can choose. Every field is the environment variable ONESHOT_<FIELD>.

    An unknown ONESHOT_ variable changes nothing; `unknown_variables` tells of it at start. An empty
    one is not set: so compose files pass on what nobody set. But an empty store is refused: where
    a secret is missing, enrolments shall not go into another store.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on; there is no authentication, so any other lets others "
        "in.",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port; 0 takes a free one.")
    store: str = Field(
        default="sqlite:///var/oneshot.db",
        description="Where enrolled actions are kept: `sqlite:///relative.db` from the current "
        "folder, `sqlite:////absolute.db`, `redis://…` or `rediss://…`.",
    )
    model: Path = Field(
        default=DEFAULT_MODEL, description="The model file; the default model unless set."
    )
    layouts: Path | None = Field(
        default=None,
        description="A layout file (YAML or JSON), or a folder of them: further layouts beside the "
        "built-in ones.",
    )
    provider: Literal["auto", "cuda", "cpu"] = Field(
        default="auto",
        description="Where the model runs. `auto` takes a GPU if there is one and says so; `cuda` "
        "without a GPU ends with a message and never falls back.",
    )
    workers: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads that encode and match; 0 is one for each core that the process may "
        "use.",
    )
    queue: int = Field(
        default=64,
        ge=1,
        le=100_000,
        description="Requests that may wait for a thread; more are answered 429.",
    )
    largest_body: int = Field(
        default=16 * _MIB, ge=1024, description="Bytes of a request body; more is answered 413."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged; requests never are."
    )

    @model_validator(mode="before")
    @classmethod
    def _unset_where_empty(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != "" or name == "store"}


def load_settings() -> Settings:
    """Read the environment. Raises `BadSettings` that names the variable at fault."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"ONESHOT_{'_'.join(str(part) for part in e['loc']).upper()}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        ]
        raise BadSettings("; ".join(lines)) from error


def unknown_variables() -> list[str]:
    """One warning for each ONESHOT_ variable of the environment that is no setting."""
    known = [name.upper() for name in Settings.model_fields]
    warnings = []
    for variable in sorted(os.environ):
        prefix, name = variable[: len(_PREFIX)].upper(), variable[len(_PREFIX) :].upper()
        if prefix != _PREFIX or name in known or prefix + name in _OF_OTHERS:
            continue
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {_PREFIX}{near[0]}?" if near else ""
        warnings.append(f"{variable} is no setting and changes nothing{meant}")
    return warnings


def settings_table() -> str:
    """Every setting as a Markdown table; the README holds it, and a test compares the two."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for variable, default, meaning in _described():
        shown = "none" if default is None else f"`{default}`"
        rows.append(f"| `{variable}` | {shown} | {meaning} |")
    return "\n".join(rows) + "\n"


def settings_listed() -> list[str]:
    """Every setting as a line for a terminal."""
    return [
        f"{variable} ({default or 'none'}): {meaning.replace('`', '')}"
        for variable, default, meaning in _described()
    ]


def _described() -> Iterator[tuple[str, str | None, str]]:
    """The variable, the default and the meaning of every setting."""
    for name, field in Settings.model_fields.items():
        default = field.default
        if default == DEFAULT_MODEL:
            default = DEFAULT_MODEL.relative_to(DEFAULT_MODEL.parents[2]).as_posix()
        shown = None if default is None else str(default)
        yield f"{_PREFIX}{name.upper()}", shown, str(field.description)
