"""`/actions`: what a collection's gallery holds."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.answers import ActionDetailAnswer, ActionsAnswer
from service.names import ActionName, ActionPath, CollectionQuery
from service.openapi import problems
from service.routes.dependencies import RunningService, answer

router = APIRouter(tags=["actions"])


@router.get("/actions", response_model=ActionsAnswer, responses=problems(404, 422, 429, 503))
async def list_actions(
    service: RunningService,
    collection: CollectionQuery = "default",
    after: Annotated[
        ActionName | None, Query(description="`next` of the page before; none for the first.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Actions on a page.")] = 100,
) -> Response:
    """List the actions in order of name, a page at a time."""
    store = service.store
    page = await service.workers.run(lambda: store.actions(collection, after=after, limit=limit))
    return answer({"collection": collection, "actions": page.actions, "next": page.next})


@router.get(
    "/actions/{action}", response_model=ActionDetailAnswer, responses=problems(404, 422, 429, 503)
)
async def get_action(
    service: RunningService, action: ActionPath, collection: CollectionQuery = "default"
) -> Response:
    """Show one action with its exemplars, oldest first."""
    store = service.store
    exemplars = await service.workers.run(lambda: store.exemplars(collection, action))
    listed = [
        {"exemplar_id": e.id, "created": e.created, "quality": e.metadata.get("quality")}
        for e in exemplars
    ]
    return answer({"action": action, "collection": collection, "exemplars": listed})


@router.delete("/actions/{action}", status_code=204, responses=problems(404, 422, 429, 503))
async def delete_action(
    service: RunningService, action: ActionPath, collection: CollectionQuery = "default"
) -> Response:
    """Delete an action with all its exemplars."""
    store = service.store
    await service.workers.run(lambda: store.delete_action(collection, action))
    return Response(status_code=204)


@router.delete(
    "/actions/{action}/exemplars/{id}", status_code=204, responses=problems(404, 422, 429, 503)
)
async def delete_exemplar(
    service: RunningService,
    action: ActionPath,
    id: Annotated[str, Path(description="`exemplar_id` of the enrolment.", max_length=64)],
    collection: CollectionQuery = "default",
) -> Response:
    """Delete one exemplar; with the last of them its action is gone."""
    store = service.store
    await service.workers.run(lambda: store.delete_exemplar(collection, action, id))
    return Response(status_code=204)
