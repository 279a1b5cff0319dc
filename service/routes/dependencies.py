"""What a call needs of the running service, and how it answers."""

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, TypeVar
from urllib.parse import quote

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import Response

from service.names import CollectionField
from service.problems import Unusable, describe
from service.runtime import Runtime
from service.store import Store


def running_service(request: Request) -> Runtime:
    """The service that answers this request."""
    runtime: Runtime = request.app.state.runtime
    return runtime


# Asynchronous, because a plain function would be called in a thread of its own.
async def _runtime(request: Request) -> Runtime:
    return running_service(request)


RunningService = Annotated[Runtime, Depends(_runtime)]
Parameters = TypeVar("Parameters", bound=BaseModel)
Result = TypeVar("Result")

#: Queries that are remembered, and bytes of the longest: they lie in memory.
_REMEMBERED, _LONGEST_REMEMBERED = 256, 512


class GalleryQuery(BaseModel):
    """The query of a call about one gallery. A misspelt key must not mean `default`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collection: CollectionField = "default"


GalleryParameters = Annotated[GalleryQuery, Query()]


async def ask_store(service: Runtime, question: Callable[[Store], Result]) -> Result:
    """Ask the store in a thread. Raises what the store does, and `Busy`."""
    recogniser = service.recogniser
    asked = await service.workers.run(lambda: question(recogniser.store))
    recogniser.galleries.store_answered()
    return asked


async def named_collection(
    request: Request, service: RunningService, query: GalleryParameters
) -> None:
    """For a call that needs no gallery: one that is named all the same must be there.

    Raises `UnknownCollection`, and what `ask_store` does.
    """
    each_key_once(request.query_params)
    if "collection" in query.model_fields_set:
        await ask_store(service, lambda store: store.collection(query.collection))


async def change_store(
    service: Runtime, collection: str, change: Callable[[Store], Result]
) -> Result:
    """As `ask_store`; the collection's gallery knows of the change before the caller does."""

    def changed(store: Store) -> Result:
        done = change(store)
        service.recogniser.galleries.follow(collection)
        return done

    return await ask_store(service, changed)


def read_query(request: Request, model: type[Parameters]) -> Parameters:
    """Validate the query of a call; FastAPI's own way takes a tenth of a millisecond.

    Who asks often asks alike: the last queries are remembered, and what they mean is shared, so a
    `model` is frozen. Raises `Unusable`.
    """
    assert model.model_config.get("frozen"), model
    query: bytes = request.scope["query_string"]
    read = _read_anew if len(query) > _LONGEST_REMEMBERED else _read_once
    parameters = read(query, model)
    assert isinstance(parameters, model)
    return parameters


def _read_anew(query: bytes, model: type[BaseModel]) -> BaseModel:
    parameters = QueryParams(query)
    each_key_once(parameters)
    try:
        return model.model_validate(dict(parameters))
    except ValidationError as error:
        raise Unusable(describe(error)) from error


_read_once = lru_cache(maxsize=_REMEMBERED)(_read_anew)


def each_key_once(parameters: QueryParams) -> None:
    """Refuse a query that gives a key twice: nobody knows which of the two was meant."""
    if len(parameters) != len(keys := parameters.multi_items()):
        twice = [key for key in parameters if [k for k, _ in keys].count(key) > 1]
        raise Unusable(f"{twice[0][:60]}: given more than once in the address")


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Write an answer: dataclasses and dates as they are, dates as RFC 3339."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def path_of(name: str) -> str:
    """A name as one segment of a path; `..` must not be taken for the folder above."""
    return quote(name, safe="").replace(".", "%2E") if set(name) == {"."} else quote(name, safe="")
