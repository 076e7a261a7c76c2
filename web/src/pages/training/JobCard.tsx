import { useState } from "react";

import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { Gates, gatesOf } from "../../components/Gates";
import { t } from "../../words/en";
import { spoken, when } from "../../words/format";
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
        <h3>{t.training.job(job.source, job.recipe)}</h3>
        <span className={`state ${job.state}`}>
          {running ? t.training.state(job.state, job.stage) : job.state}
        </span>
      </div>
      <p className="quiet small">
        {when(job.created)} · {job.id}
        {job.version && t.training.version(job.version)}
      </p>
      {running && epochs > 0 && (
        <label className="epochs">
          {t.training.epoch(epoch, epochs)}
          <progress value={epoch} max={epochs} />
        </label>
      )}
      {job.reason && <p className="bad">{job.reason}</p>}
      {job.decision && <Decision decision={job.decision} />}
      <div className="actions">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.training.hideLog : t.training.showLog}
        </button>
        {running && (
          <ConfirmButton
            label={t.training.stop}
            question={t.training.reallyStop}
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

/** What the end was, and why; the gates in full below it. */
function Decision({ decision }: { decision: NonNullable<Job["decision"]> }) {
  const gates = gatesOf(decision);
  const failed = gates.filter(({ passed }) => !passed).map(({ gate }) => spoken(gate));
  const reason = typeof decision.reason === "string" ? decision.reason.replace(/\.$/, "") : "";
  const why = failed.length > 0 ? t.training.gateFails(failed) : reason;
  return (
    <>
      <p>
        <strong>{decision.promoted ? t.training.promoted : t.training.notPromoted(why)}</strong>
      </p>
      <Gates gates={gates} />
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
        <pre className="log" aria-label={t.training.log}>
          {data.log.join("\n")}
        </pre>
      )}
      {data?.log.length === 0 && <p className="quiet">{t.training.noLog}</p>}
    </>
  );
}
