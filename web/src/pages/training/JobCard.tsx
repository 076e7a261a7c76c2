import { useState } from "react";

import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { Gates, gatesOf } from "../../components/Gates";
import { when } from "../../words/format";
import { Curves } from "./Curves";
import { isRunning, useCancel, useJob, type Job } from "./query";

export function JobCard({ job }: { job: Job }) {
  const running = isRunning(job);
  const [open, setOpen] = useState(running);
  const cancel = useCancel();
  const { epoch, epochs } = job.progress;
  return (
    <li className="panel">
      <div className="job-head">
        <h3>
          {job.source} with {job.recipe}
        </h3>
        <span className={`state ${job.state}`}>
          {running ? `${job.state}: ${job.stage}` : job.state}
        </span>
      </div>
      <p className="quiet small">
        {when(job.created)} · {job.id}
        {job.version && <> · version {job.version}</>}
      </p>
      {running && epochs > 0 && (
        <label className="epochs">
          Epoch {epoch} of {epochs}
          <progress value={epoch} max={epochs} />
        </label>
      )}
      {job.reason && <p className="bad">{job.reason}</p>}
      {job.decision && <Decision decision={job.decision} />}
      <div className="actions">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide curves and log" : "Curves and log"}
        </button>
        {running && (
          <ConfirmButton
            label="Stop"
            question="Press again to stop"
            disabled={cancel.isPending}
            onConfirm={() => cancel.mutate(job.id)}
          />
        )}
      </div>
      <FailureNote error={cancel.error} />
      {open && <Details job={job} />}
    </li>
  );
}

function Decision({ decision }: { decision: NonNullable<Job["decision"]> }) {
  const reason = decision.reason;
  return (
    <>
      <p>
        <strong>
          {decision.promoted
            ? "Promoted: it answers from now on."
            : "Not promoted: production stays."}
        </strong>
        {typeof reason === "string" && ` ${reason}`}
      </p>
      <Gates gates={gatesOf(decision)} />
    </>
  );
}

function Details({ job }: { job: Job }) {
  const { data, error } = useJob(job.id, isRunning(job));
  return (
    <>
      <FailureNote error={error} />
      <Curves epochs={data?.epochs ?? []} />
      {data && data.log.length > 0 && (
        <pre className="log" aria-label="End of the log">
          {data.log.join("\n")}
        </pre>
      )}
      {data?.log.length === 0 && <p className="quiet">No log yet.</p>}
    </>
  );
}
