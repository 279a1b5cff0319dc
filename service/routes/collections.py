"""`/collections`: separate galleries."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from service.answers import CollectionAnswer, CollectionsAnswer
from service.names import CollectionName, CollectionPath
from service.openapi import problems
from service.routes.dependencies import RunningService, answer

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
    responses=problems(409, 422, 429, 503),
)
async def create_collection(service: RunningService, new: NewCollection) -> Response:
    """Make an empty collection."""
    store = service.store
    info = await service.workers.run(lambda: store.create_collection(new.name))
    return answer(info, 201, {"Location": f"/collections/{new.name}"})


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
