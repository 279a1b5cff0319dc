"""`POST /enroll` and `POST /recognize`: the calls that take a clip."""

from dataclasses import asdict
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.answers import EnrollAnswer, RecognizeAnswer
from service.clip_bodies import (
    EnrollFields,
    EnrollParameters,
    RecognizeFields,
    RecognizeParameters,
    enroll_input,
    read_clip_body,
    recognize_input,
)
from service.model_file import ModelInfo
from service.openapi import clip_body, problems
from service.recogniser import Enrolled, Recognised
from service.routes.dependencies import RunningService, answer

router = APIRouter(tags=["clips"])


@router.post(
    "/enroll",
    status_code=201,
    response_model=EnrollAnswer,
    responses=problems(400, 404, 409, 413, 415, 422, 429, 503),
    openapi_extra=clip_body(EnrollFields),
)
async def enroll(request: Request, query: EnrollParameters, service: RunningService) -> Response:
    """Enroll one clip as an example of an action: creates the action, or adds an exemplar.

    When the answer has come, the exemplar is on disk.
    """
    body = await read_clip_body(request, service.settings.largest_body)
    recogniser = service.recogniser

    def work() -> Enrolled:
        action, recording = enroll_input(body, query)
        return recogniser.enroll(query.collection, action, recording)

    enrolled = await service.workers.run(work)
    action = enrolled.exemplar.action
    content = {
        "action": action,
        "collection": query.collection,
        "exemplar_id": enrolled.exemplar.id,
        "exemplars": enrolled.added.exemplars,
        "space": service.encoder.info.space,
        "revision": enrolled.added.version.revision,
        "quality": asdict(enrolled.quality),
        "similar": asdict(enrolled.similar) if enrolled.similar else None,
    }
    place = f"/actions/{quote(action, safe='')}?collection={query.collection}"
    return answer(content, 201, {"Location": place})


@router.post(
    "/recognize",
    response_model=RecognizeAnswer,
    responses=problems(400, 404, 409, 413, 415, 422, 429, 503),
    openapi_extra=clip_body(RecognizeFields),
)
async def recognize(
    request: Request, query: RecognizeParameters, service: RunningService
) -> Response:
    """Recognise one clip: the nearest enrolled action, or unknown."""
    body = await read_clip_body(request, service.settings.largest_body)
    recogniser = service.recogniser

    def work() -> Recognised:
        return recogniser.recognize(query.collection, recognize_input(body, query), query.k)

    return answer(_recognised(await service.workers.run(work), service.encoder.info))


def _recognised(recognised: Recognised, info: ModelInfo) -> dict[str, object]:
    judgement = recognised.judgement
    best = judgement.matches[0] if judgement.matches else None
    return {
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
