"""`POST /clips:inspect`: what the service understands of a clip, told or drawn."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.accept import wanted
from service.answers import InspectAnswer
from service.bodies import JSON, Body, read_clip_body
from service.clip_bodies import clip_input
from service.clip_fields import InspectQuery, RecognizeFields
from service.joint_importance import importance_in
from service.openapi import CLIP_PROBLEMS, STORE_PROBLEMS, clip_call, images, problems
from service.problems import NotAcceptable
from service.routes.dependencies import answer, read_query, running_service
from service.routes.raw_route import RawRoute
from service.runtime import Runtime
from service.store import UnknownCollection
from skeleton.drawing import draw_gif, draw_png
from skeleton.inspection import inspect

router = APIRouter(tags=["clips"], route_class=RawRoute)

_PNG, _GIF = "image/png", "image/gif"


@router.post(
    "/clips:inspect",
    response_model=InspectAnswer,
    responses=images(_PNG, _GIF)
    | problems(NotAcceptable, UnknownCollection, *CLIP_PROBLEMS, *STORE_PROBLEMS),
    openapi_extra=clip_call(RecognizeFields, InspectQuery),
)
async def inspect_clip(request: Request) -> Response:
    """Tell what is understood of a clip, or draw it: `Accept: image/png` or `image/gif`.

    Nothing is stored. A clip that the model must refuse is told with the reason, and drawn as far
    as it can be. Where the model tells the importance of joints, its picture shows it in colour.
    """
    service = running_service(request)
    kind = wanted(request, (JSON, _PNG, _GIF))
    query = read_query(request, InspectQuery)
    with service.workers.place():
        body = await read_clip_body(request, query.format, service.settings.largest_body)
        return await service.workers.run_in_place(lambda: _inspected(service, body, query, kind))


def _inspected(service: Runtime, body: Body, query: InspectQuery, kind: str) -> Response:
    clip = clip_input(body, query, RecognizeFields, service.layouts)
    if "collection" in clip.query.model_fields_set:  # no gallery is needed, but a named one is one
        service.store.collection(clip.query.collection)
    recording, info = clip.recording, service.encoder.info
    if kind == JSON:
        return answer(asdict(inspect(recording, clip.format, info.layout, info.frames)))
    draw = draw_png if kind == _PNG else draw_gif
    importance = importance_in(recording, service.encoder)
    drawn = draw(recording, info.layout, info.frames, importance=importance)
    return Response(drawn, media_type=kind)
