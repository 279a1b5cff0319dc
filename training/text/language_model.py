"""A language model behind an OpenAI-compatible endpoint (ours).

The paper asks ChatGPT [N]; any model that speaks the chat-completions protocol may take its place.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from training.text.errors import BadAnswer, NoLanguageModel
from training.text.prompts import again_prompt

KEY = "OPENAI_API_KEY"
ENDPOINT = "OPENAI_BASE_URL"
_TIMEOUT = 120.0  # seconds an answer may take
_BUSY = 6  # times that a busy endpoint is asked again, by the client, with growing pauses
_UNPROVEN = 2  # the same before it ever answered: whoever mistyped its URL should not wait long
_TRIES = 4  # answers that may be malformed before a class is given up

Read = TypeVar("Read")
Conversation = list[dict[str, str]]


class LanguageModel(Protocol):
    """Answers the last message of a conversation."""

    def __call__(self, messages: Conversation) -> str: ...


@contextmanager
def connect(model: str) -> Iterator[LanguageModel]:
    """Give a model of the endpoint of `$OPENAI_BASE_URL`, else OpenAI's own, and let it go after.

    Nothing is sent yet. Raises `NoLanguageModel` without the client library or without a key; an
    endpoint of one's own may need none. The model raises it when nobody answers, or a refusal.
    """
    try:
        import openai
    except ImportError as error:
        raise NoLanguageModel("the openai client is needed: pip install openai") from error
    key, endpoint = os.environ.get(KEY), os.environ.get(ENDPOINT)
    if not key and not endpoint:
        raise NoLanguageModel(
            f"{KEY} is not set: give the key of the endpoint, or in {ENDPOINT} the URL of one "
            "that needs none"
        )
    client = openai.OpenAI(
        api_key=key or "none", base_url=endpoint or None, timeout=_TIMEOUT, max_retries=_UNPROVEN
    )

    def answer(messages: Conversation) -> str:
        nonlocal client
        try:
            reply = client.chat.completions.create(
                model=model,
                messages=messages,  # type: ignore[arg-type]  # plain maps are what is sent
            )
        except openai.APIConnectionError as error:
            raise NoLanguageModel(
                f"nobody answers at {client.base_url} ({error.__cause__ or error}): "
                f"is {ENDPOINT} right?"
            ) from error
        except openai.APIStatusError as error:
            raise NoLanguageModel(
                f"{client.base_url} refused with status {error.status_code}: "
                f"{_said(error)}{_hint(error.status_code, model)}"
            ) from error
        except (openai.OpenAIError, ValueError) as error:
            raise BadAnswer(f"the endpoint's reply is not one: {error}") from error
        client = client.with_options(max_retries=_BUSY)
        choices = getattr(reply, "choices", None)
        if not choices or choices[0].message is None or not choices[0].message.content:
            raise BadAnswer("it is empty")
        return str(choices[0].message.content)

    # What `with_options` returned since shares these connections.
    with client:
        yield answer


def ask(model: LanguageModel, prompt: str, read: Callable[[str], Read]) -> Read:
    """Ask until `read` can use the answer, telling the model what was wrong with the last one.

    Raises `BadAnswer` after a few tries, and what the model raises.
    """
    messages: Conversation = [{"role": "user", "content": prompt}]
    for left in reversed(range(_TRIES)):
        said = ""
        try:
            said = model(messages)
            return read(said)
        except BadAnswer as error:
            if not left:
                raise BadAnswer(f"{_TRIES} answers could not be used; the last: {error}") from error
            if said:
                # Only the last attempt: what was said before it does not help.
                correction = {"role": "user", "content": again_prompt(str(error))}
                messages = [messages[0], {"role": "assistant", "content": said}, correction]
    raise AssertionError("unreachable")


def _said(error: Exception) -> str:
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(message or error).split())[:300]


def _hint(status: int, model: str) -> str:
    if status in (401, 403):
        return f" (is {KEY} right?)"
    if status == 404:
        return f" (does it have the model {model!r}? does {ENDPOINT} end as its manual says?)"
    return " (the limit of the key, or too many requests; try later)" if status == 429 else ""
