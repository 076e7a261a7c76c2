import type { Answer } from "../../api/client";
import type { Place, Progress } from "../../session/types";
import { adviseOn } from "../../words/advice";
import { milliseconds, percent } from "../../words/format";
import { Bars } from "./Bars";

interface Props {
  progress: Progress;
  place: Place;
}

export function Result({ progress, place }: Props) {
  return (
    <div className="verdict-area" role="status">
      {progress.step === "answered" ? (
        <Answered answer={progress.answer} tookMs={progress.tookMs} place={place} />
      ) : progress.step === "failed" ? (
        <Refused code={progress.failure.code} detail={progress.failure.message} tone="bad" />
      ) : (
        <Underway progress={progress} place={place} />
      )}
    </div>
  );
}

function Underway({ progress, place }: Props) {
  const share = progress.step === "sending" ? progress.share : undefined;
  const words =
    progress.step === "waiting"
      ? "Waiting for its turn"
      : progress.step === "sending"
        ? "Sending"
        : "Looking at it";
  return (
    <>
      <p className="verdict underway">{words}…</p>
      <progress
        aria-label={`${words}, ${place === "device" ? "on this device" : "by the service"}`}
        value={share}
        max={1}
      />
    </>
  );
}

function Answered({ answer, tookMs, place }: { answer: Answer; tookMs: number; place: Place }) {
  if (answer.faces.length === 0)
    return <Refused code={answer.outcome} detail={answer.error ?? ""} tone="warn" />;
  const where = place === "device" ? "on this device" : "by the service";
  return (
    <>
      {answer.outcome === "uncertain" ? (
        <Refused code="uncertain" detail="" tone="warn" />
      ) : (
        <p className="verdict">{headline(answer)}</p>
      )}
      {answer.faces.map((face, index) => (
        <Bars key={index} face={face} number={answer.faces.length > 1 ? index + 1 : null} />
      ))}
      <p className="quiet small">
        Answered {where} in {milliseconds(tookMs)} · {answer.model_version}
      </p>
    </>
  );
}

function headline({ faces, prediction, confidence }: Answer): string {
  if (faces.length > 1) return `${faces.length} faces`;
  return `Looks ${prediction ?? "uncertain"}, ${percent(confidence)} sure`;
}

function Refused({ code, detail, tone }: { code: string; detail: string; tone: "warn" | "bad" }) {
  const { title, next } = adviseOn(code, detail);
  return (
    <>
      <p className={`verdict ${tone}`}>{title}</p>
      <p className="advice">{next}</p>
    </>
  );
}
