"""`/actions`: what a collection's gallery holds."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from service.answers import ActionDetailAnswer, ActionsAnswer
from service.names import ActionName, ActionPath
from service.openapi import CHANGE_PROBLEMS, STORE_PROBLEMS, problems
from service.problems import Unusable
from service.routes.dependencies import (
    GalleryParameters,
    GalleryQuery,
    RunningService,
    answer,
    ask_store,
    change_store,
    each_key_once,
)
from service.store import UnknownAction, UnknownCollection, UnknownExemplar


async def _each_key_once(request: Request) -> None:
    each_key_once(request.query_params)


router = APIRouter(tags=["actions"], dependencies=[Depends(_each_key_once)])


class PageQuery(GalleryQuery):
    """The query of a call that answers page by page."""

    after: Annotated[
        ActionName | None, Field(description="`next` of the page before; none for the first.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Actions on a page.")] = 100


PageParameters = Annotated[PageQuery, Query()]


@router.get(
    "/actions",
    response_model=ActionsAnswer,
    responses=problems(UnknownCollection, Unusable, *STORE_PROBLEMS),
)
async def list_actions(service: RunningService, query: PageParameters) -> Response:
    """List the actions in order of name, a page at a time."""
    page = await ask_store(
        service, lambda store: store.actions(query.collection, after=query.after, limit=query.limit)
    )
    return answer({"collection": query.collection, "actions": page.actions, "next": page.next})


@router.get(
    "/actions/{action}",
    response_model=ActionDetailAnswer,
    responses=problems(UnknownCollection, UnknownAction, Unusable, *STORE_PROBLEMS),
)
async def get_action(
    service: RunningService, action: ActionPath, query: GalleryParameters
) -> Response:
    """Show one action with its exemplars, oldest first."""
    exemplars = await ask_store(service, lambda store: store.exemplars(query.collection, action))
    listed = [
        {"exemplar_id": e.id, "created": e.created, "quality": e.metadata.get("quality")}
        for e in exemplars
    ]
    return answer({"action": action, "collection": query.collection, "exemplars": listed})


@router.delete(
    "/actions/{action}",
    status_code=204,
    responses=problems(UnknownCollection, UnknownAction, Unusable, *CHANGE_PROBLEMS),
)
async def delete_action(
    service: RunningService, action: ActionPath, query: GalleryParameters
) -> Response:
    """Delete an action with all its exemplars."""
    name = query.collection
    await change_store(service, name, lambda store: store.delete_action(name, action))
    return Response(status_code=204)


@router.delete(
    "/actions/{action}/exemplars/{id}",
    status_code=204,
    responses=problems(
        UnknownCollection, UnknownAction, UnknownExemplar, Unusable, *CHANGE_PROBLEMS
    ),
)
async def delete_exemplar(
    service: RunningService,
    action: ActionPath,
    id: Annotated[str, Path(description="`exemplar_id` of the enrolment.", max_length=64)],
    query: GalleryParameters,
) -> Response:
    """Delete one exemplar; with the last of them its action is gone."""
    name = query.collection
    await change_store(service, name, lambda store: store.delete_exemplar(name, action, id))
    return Response(status_code=204)
