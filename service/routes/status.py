"""`/model`, `/healthz`, `/readyz`: what runs, and whether it does."""

import asyncio

import onnxruntime
from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.answers import HealthAnswer, ModelAnswer, ReadyAnswer
from service.openapi import STORE_PROBLEMS, problems
from service.problems import NotReady, NotUsable, Unusable
from service.routes.dependencies import RunningService, answer, named_collection
from service.runtime import Runtime
from service.store import StoreCorrupt, StoreUnavailable, UnknownCollection

router = APIRouter(tags=["status"])


@router.get(
    "/model",
    response_model=ModelAnswer,
    responses=problems(UnknownCollection, Unusable, *STORE_PROBLEMS),
    dependencies=[Depends(named_collection)],
)
async def model(service: RunningService) -> Response:
    """Show the model that runs, on what, and how it decides."""
    info = service.encoder.info
    return answer(
        {
            "space": info.space,
            "provider": service.encoder.provider,
            "runtime": f"onnxruntime {onnxruntime.__version__}",
            "layout": info.layout.name,
            "joints": info.layout.joints,
            "frames": info.frames,
            "width": info.width,
            "layouts": list(service.layouts),
            "threshold": info.calibration.threshold,
            "margin": info.calibration.margin,
            "thresholds": info.calibration.thresholds,
            "training": info.training,
            "commit": info.commit,
        }
    )


@router.get("/healthz", response_model=HealthAnswer)
async def healthz() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@router.get(
    "/readyz", response_model=ReadyAnswer, responses=problems(NotReady, NotUsable, StoreCorrupt)
)
async def readyz(service: RunningService) -> Response:
    """Whether the service can recognise: 503 until its store was reached once, and while what lies
    in it is damaged.

    Afterwards it stays ready while the store is away, because recognition goes on from memory;
    `status` is then `degraded`.
    """
    # Not in the queue of the workers: a service that is busy is ready.
    return answer(await asyncio.to_thread(_readiness, service))


def _readiness(service: Runtime) -> dict[str, object]:
    store, space = service.store, service.encoder.info.space
    status, others = "ready", []
    try:
        warnings = store.warnings()
        others = [c.name for c in store.collections() if c.space not in (None, space)]
        service.recogniser.galleries.store_answered()
    except StoreUnavailable as error:
        status = "degraded"
        warnings = [f"the store is away: {error}; recognition goes on, enrolment does not"]
    if others:
        warnings = [
            *warnings,
            f"{len(others)} {'collection belongs' if len(others) == 1 else 'collections belong'} "
            "to another model, for which the answer is 409 model-mismatch: `oneshot migrate plan` "
            "tells what re-embedding for this one takes, `oneshot migrate apply` does it",
        ]
    return {
        "status": status,
        "provider": service.encoder.provider,
        "space": space,
        "store": service.store_name,
        "warnings": warnings,
        "other_models": others,
    }
