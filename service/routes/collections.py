"""`/collections`: separate galleries."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from service.answers import CollectionAnswer, CollectionsAnswer
from service.bodies import JSON, parse_json, read_body
from service.names import CollectionName, CollectionPath
from service.openapi import (
    BODY_PROBLEMS,
    CHANGE_PROBLEMS,
    STORE_PROBLEMS,
    json_body,
    made,
    problems,
)
from service.problems import Unparsable, Unusable, describe
from service.routes.dependencies import (
    RunningService,
    answer,
    ask_store,
    named_collection,
    path_of,
)
from service.store import CollectionExists, UnknownCollection

#: Of a body, which is parsed where all calls are answered, and must not keep them waiting.
_MOST_VALUES = 1000


router = APIRouter(tags=["collections"], dependencies=[Depends(named_collection)])


class NewCollection(BaseModel):
    """The body that makes a collection."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "kitchen"}})

    name: CollectionName


@router.get(
    "/collections",
    response_model=CollectionsAnswer,
    responses=problems(UnknownCollection, Unusable, *STORE_PROBLEMS),
)
async def list_collections(service: RunningService) -> Response:
    """List every collection in order of name."""
    return answer({"collections": await ask_store(service, lambda store: store.collections())})


@router.post(
    "/collections",
    status_code=201,
    response_model=CollectionAnswer,
    responses=made("The collection.")
    | problems(UnknownCollection, CollectionExists, *BODY_PROBLEMS, *CHANGE_PROBLEMS),
    openapi_extra=json_body(NewCollection),
)
async def create_collection(request: Request, service: RunningService) -> Response:
    """Make an empty collection."""
    with service.workers.place():
        body = await read_body(request, (JSON,), service.settings.largest_body)
    if sum(map(body.data.count, (b"[", b"{", b","))) > _MOST_VALUES:
        raise Unparsable('the body holds more than a name: it must be like {"name": "kitchen"}')
    try:
        new = NewCollection.model_validate(parse_json(body.data))
    except ValidationError as error:
        raise Unusable(describe(error)) from error
    info = await ask_store(service, lambda store: store.create_collection(new.name))
    return answer(info, 201, {"Location": f"/collections/{path_of(new.name)}"})


@router.get(
    "/collections/{name}",
    response_model=CollectionAnswer,
    responses=problems(UnknownCollection, Unusable, *STORE_PROBLEMS),
)
async def get_collection(service: RunningService, name: CollectionPath) -> Response:
    """Show one collection and its size."""
    return answer(await ask_store(service, lambda store: store.collection(name)))


@router.delete(
    "/collections/{name}",
    status_code=204,
    responses=problems(UnknownCollection, Unusable, *CHANGE_PROBLEMS),
)
async def delete_collection(service: RunningService, name: CollectionPath) -> Response:
    """Delete a collection with its contents; `default` is empty at once, and stays."""
    await ask_store(service, lambda store: store.delete_collection(name))
    service.recogniser.galleries.forget(name)
    return Response(status_code=204)
