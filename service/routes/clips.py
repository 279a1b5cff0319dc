"""`POST /enroll` and `POST /recognize`: the calls that compare clips."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.answers import EnrollAnswer, RecognizeAnswer
from service.bodies import read_clip_body
from service.clip_bodies import clip_input, enroll_input
from service.clip_fields import EnrollFields, EnrollQuery, RecognizeFields, RecognizeQuery
from service.model_file import ModelInfo
from service.openapi import (
    CHANGE_PROBLEMS,
    CLIP_PROBLEMS,
    STORE_PROBLEMS,
    clip_call,
    made,
    problems,
)
from service.recogniser import Enrolled, Recognised
from service.routes.dependencies import answer, path_of, read_query, running_service
from service.routes.raw_route import RawRoute
from service.store import SpaceMismatch, UnknownCollection

router = APIRouter(tags=["clips"], route_class=RawRoute)


@router.post(
    "/enroll",
    status_code=201,
    response_model=EnrollAnswer,
    responses=made("The action, with its collection.")
    | problems(UnknownCollection, SpaceMismatch, *CLIP_PROBLEMS, *CHANGE_PROBLEMS),
    openapi_extra=clip_call(EnrollFields, EnrollQuery),
)
async def enroll(request: Request) -> Response:
    """Enroll one clip as an example of an action: creates the action, or adds an exemplar.

    When the answer has come, the exemplar is on disk. A 503 `urn:oneshot:outcome-unknown` leaves it
    open: look before you try again.
    """
    service = running_service(request)
    query = read_query(request, EnrollQuery)
    recogniser = service.recogniser
    # Bodies lie in memory: as many as there are places, and no more.
    with service.workers.place():
        body = await read_clip_body(request, query.format, service.settings.largest_body)

        def work() -> tuple[str, Enrolled]:
            action, clip = enroll_input(body, query, service.layouts)
            collection = clip.query.collection
            return collection, recogniser.enroll(collection, action, clip.recording)

        collection, enrolled = await service.workers.run_in_place(work)
    action = enrolled.exemplar.action
    content = {
        "action": action,
        "collection": collection,
        "exemplar_id": enrolled.exemplar.id,
        "exemplars": enrolled.added.exemplars,
        "space": service.encoder.info.space,
        "revision": enrolled.added.version.revision,
        "quality": asdict(enrolled.quality),
        "similar": asdict(enrolled.similar) if enrolled.similar else None,
        "same_as": asdict(enrolled.same_as) if enrolled.same_as else None,
    }
    place = f"/actions/{path_of(action)}?collection={collection}"
    return answer(content, 201, {"Location": place})


@router.post(
    "/recognize",
    response_model=RecognizeAnswer,
    responses=problems(UnknownCollection, SpaceMismatch, *CLIP_PROBLEMS, *STORE_PROBLEMS),
    openapi_extra=clip_call(RecognizeFields, RecognizeQuery),
)
async def recognize(request: Request) -> Response:
    """Recognise one clip: the nearest enrolled action, or unknown."""
    service = running_service(request)
    query = read_query(request, RecognizeQuery)
    recogniser = service.recogniser
    with service.workers.place():
        body = await read_clip_body(request, query.format, service.settings.largest_body)

        def work() -> Recognised:
            clip = clip_input(body, query, RecognizeFields, service.layouts)
            asked = clip.query
            return recogniser.recognize(asked.collection, clip.recording, asked.k, asked.strangers)

        recognised = await service.workers.run_in_place(work)
    return answer(_recognised(recognised, service.encoder.info))


def _recognised(recognised: Recognised, info: ModelInfo) -> dict[str, object]:
    judgement = recognised.judgement
    best = judgement.matches[0] if judgement.matches else None
    told: dict[str, object] = {
        "decision": judgement.decision,
        "action": best.action if best and judgement.decision == "match" else None,
        "probability": best.probability if best else None,
        "similarity": best.similarity if best else None,
        "score": best.score if best else None,
        "margin": judgement.margin,
        "threshold": info.calibration.threshold,
        "matches": judgement.matches,
        "space": info.space,
        "revision": recognised.revision,
        "stale": recognised.stale,
        "warnings": recognised.warnings,
    }
    if recognised.joint_importance is not None:
        told["joint_importance"] = recognised.joint_importance
    return told
