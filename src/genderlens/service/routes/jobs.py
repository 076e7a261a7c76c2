"""Retraining in the background."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response

from genderlens.service.deps import JobDeskDep, PoolsDep, PrincipalDep, TrailDep
from genderlens.service.middleware.permissions import needs
from genderlens.service.retraining import RetrainingQueue
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.schemas.registry import JobAnswer, JobDetail, JobsAnswer, RetrainRequest
from genderlens.types import Scope

router = APIRouter(tags=["retraining"])
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
_FAILURES = problem_responses(401, 403, 404, 409, 422, 429, 500, 503)


@router.post("/retrain", status_code=202, response_model=JobAnswer, responses=_FAILURES)
@needs(Scope.TRAIN)
async def retrain(
    desk: JobDeskDep,
    pools: PoolsDep,
    principal: PrincipalDep,
    trail: TrailDep,
    retraining: Annotated[RetrainRequest | None, Body()] = None,
) -> dict[str, Any]:
    """Queue a retraining; its result is a new version, promoted only through the gates."""
    retraining = retraining or RetrainRequest()

    def submit() -> dict[str, Any]:
        key = principal.key_id
        job = desk.submit(
            retraining.source, retraining.recipe, promote=retraining.promote, key_id=key
        )
        return job.model_dump()

    job = await pools.jobs.run(submit)
    await trail.note("retrain.start", job["id"], source=job["source"], recipe=job["recipe"])
    return job


@router.get("/jobs", response_model=JobsAnswer, responses=_FAILURES)
@needs(Scope.TRAIN)
async def list_jobs(desk: JobDeskDep, pools: PoolsDep, principal: PrincipalDep) -> dict[str, Any]:
    """Every job of the caller, with the scope `admin` of everybody, newest first."""
    jobs = await pools.jobs.run(partial(desk.list_jobs, principal.visible_key))
    return {"jobs": [job.model_dump() for job in jobs], "count": len(jobs)}


@router.get("/jobs/{job_id}", response_model=JobDetail, responses=_FAILURES)
@needs(Scope.TRAIN)
async def get_job(
    desk: JobDeskDep, pools: PoolsDep, principal: PrincipalDep, job_id: str
) -> dict[str, Any]:
    """One job: its epochs so far, until when it may take, what the gates said, and its log.

    Another key's is not found.
    """
    return await pools.jobs.run(partial(_describe, desk, job_id, principal.visible_key))


@router.get("/jobs/{job_id}/log", response_class=Response, responses=_TEXT | _FAILURES)
@needs(Scope.TRAIN)
async def get_log(
    desk: JobDeskDep,
    pools: PoolsDep,
    principal: PrincipalDep,
    job_id: str,
    lines: Annotated[int, Query(description="Of the end of it.", ge=1, le=2000)] = 200,
) -> Response:
    """The end of a job's log, progress bars in their last state."""

    def read() -> str:
        _, folder = desk.get(job_id, principal.visible_key)
        return "".join(f"{line}\n" for line in folder.tail(lines))

    text = await pools.jobs.run(read)
    return Response(text, media_type="text/plain; charset=utf-8")


@router.delete("/jobs/{job_id}", status_code=202, response_model=JobAnswer, responses=_FAILURES)
@needs(Scope.TRAIN)
async def cancel_job(
    desk: JobDeskDep, pools: PoolsDep, principal: PrincipalDep, trail: TrailDep, job_id: str
) -> dict[str, Any]:
    """Ask for the end of a job; it ends within seconds."""
    job = await pools.jobs.run(partial(desk.cancel, job_id, principal.visible_key))
    await trail.note("retrain.cancel", job.id)
    return job.model_dump()


def _describe(desk: RetrainingQueue, job_id: str, visible: str | None) -> dict[str, Any]:
    job, folder = desk.get(job_id, visible)
    return {
        **job.model_dump(),
        "epochs": [epoch.model_dump() for epoch in folder.epochs()],
        "gates": (job.decision or {}).get("gates", []),
        "log": folder.tail(),
    }
