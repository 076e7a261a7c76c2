"""Retraining in the background."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool

from genderlens.service.deps import JobDeskDep
from genderlens.service.registry_schemas import JobAnswer, JobDetail, JobsAnswer, RetrainRequest
from genderlens.service.schemas import problem_responses

router = APIRouter(tags=["retraining"])
_FAILURES = problem_responses(401, 403, 404, 409, 422, 429, 500, 503)


@router.post("/retrain", status_code=202, response_model=JobAnswer, responses=_FAILURES)
async def retrain(
    desk: JobDeskDep, wish: Annotated[RetrainRequest | None, Body()] = None
) -> dict[str, Any]:
    """Queue a retraining; its result is a new version, promoted only through the gates."""
    wish = wish or RetrainRequest()
    job = await run_in_threadpool(desk.submit, wish.source, wish.recipe, promote=wish.promote)
    return job.model_dump()


@router.get("/jobs", response_model=JobsAnswer, responses=_FAILURES)
async def list_jobs(desk: JobDeskDep) -> dict[str, Any]:
    """Every job, newest first."""
    jobs = await run_in_threadpool(desk.list_jobs)
    return {"jobs": [job.model_dump() for job in jobs], "count": len(jobs)}


@router.get("/jobs/{job_id}", response_model=JobDetail, responses=_FAILURES)
async def get_job(desk: JobDeskDep, job_id: str) -> dict[str, Any]:
    """One job: progress, result, and the end of its log."""
    job, log = await run_in_threadpool(desk.get, job_id)
    return {**job.model_dump(), "log": log}


@router.delete("/jobs/{job_id}", status_code=202, response_model=JobAnswer, responses=_FAILURES)
async def cancel_job(desk: JobDeskDep, job_id: str) -> dict[str, Any]:
    """Ask for the end of a job; it ends within seconds."""
    job = await run_in_threadpool(desk.cancel, job_id)
    return job.model_dump()
