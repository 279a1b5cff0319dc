"""`/collections`: separate galleries."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from service.answers import CollectionAnswer, CollectionsAnswer
from service.bodies import JSON, parse_json, read_body
from service.names import CollectionName, CollectionPath
from service.openapi import json_body, problems
from service.problems import Unusable, describe
from service.routes.dependencies import RunningService, answer, path_of

router = APIRouter(tags=["collections"])


class NewCollection(BaseModel):
    """The body that makes a collection."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "kitchen"}})

    name: CollectionName


@router.get("/collections", response_model=CollectionsAnswer, responses=problems(429, 503))
async def list_collections(service: RunningService) -> Response:
    """List every collection in order of name."""
    store = service.store
    return answer({"collections": await service.workers.run(store.collections)})


@router.post(
    "/collections",
    status_code=201,
    response_model=CollectionAnswer,
    responses=problems(400, 409, 413, 415, 422, 429, 503),
    openapi_extra=json_body(NewCollection),
)
async def create_collection(request: Request, service: RunningService) -> Response:
    """Make an empty collection."""
    body = await read_body(request, (JSON,), service.settings.largest_body)
    try:
        new = NewCollection.model_validate(parse_json(body.data))
    except ValidationError as error:
        raise Unusable(describe(error)) from error
    store = service.store
    info = await service.workers.run(lambda: store.create_collection(new.name))
    return answer(info, 201, {"Location": f"/collections/{path_of(new.name)}"})


@router.get(
    "/collections/{name}", response_model=CollectionAnswer, responses=problems(404, 422, 429, 503)
)
async def get_collection(service: RunningService, name: CollectionPath) -> Response:
    """Show one collection and its size."""
    store = service.store
    return answer(await service.workers.run(lambda: store.collection(name)))


@router.delete("/collections/{name}", status_code=204, responses=problems(404, 422, 429, 503))
async def delete_collection(service: RunningService, name: CollectionPath) -> Response:
    """Delete a collection with its contents; `default` is empty at once, and stays."""
    store = service.store
    await service.workers.run(lambda: store.delete_collection(name))
    return Response(status_code=204)
