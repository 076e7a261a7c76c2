import { Fragment } from "react";

import type { Answer } from "../../api/client";
import type { Progress } from "../../session/types";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import { headlineOf, isUncertain, labelOf, LEANS_BELOW } from "../../words/verdict";
import { Attributes } from "./Attributes";
import { Bars } from "./Bars";
import type { CardProps } from "./PictureCard";

type Props = Pick<CardProps, "picture" | "threshold" | "limit">;

export function Result({ picture: { progress, options }, threshold, limit }: Props) {
  const here = options.place === "device";
  return (
    <div className="verdict-area">
      {progress.step === "answered" ? (
        <Answered {...progress} here={here} threshold={threshold} limit={limit} />
      ) : progress.step === "failed" ? (
        <Refused code={progress.failure.code} detail={progress.failure.message} tone="bad" />
      ) : (
        <Underway progress={progress} here={here} />
      )}
    </div>
  );
}

type Under = Exclude<Progress, { step: "answered" | "failed" }>;

function Underway({ progress, here }: { progress: Under; here: boolean }) {
  const words = t.underway[progress.step];
  return (
    <>
      <p className="verdict underway">{t.going(words)}</p>
      <progress
        aria-label={t.progressAt(words, here)}
        value={progress.step === "sending" ? progress.share : undefined}
        max={1}
      />
    </>
  );
}

interface AnsweredProps extends Omit<Props, "picture"> {
  answer: Answer;
  tookMs: number | null;
  smaller?: boolean;
  here: boolean;
}

function Answered({ answer, tookMs, smaller = false, here, threshold, limit }: AnsweredProps) {
  const { faces } = answer;
  if (faces.length === 0)
    return <Refused code={answer.outcome} detail={answer.error ?? ""} tone="warn" />;
  const weak = faces.length === 1 && answer.confidence < LEANS_BELOW;
  return (
    <>
      {isUncertain(answer, threshold) ? (
        <Refused code="uncertain" detail="" tone="warn" />
      ) : (
        <p className={weak ? "verdict weak" : "verdict"}>{headlineOf(answer, threshold)}</p>
      )}
      {faces.map((face, index) => (
        <Fragment key={index}>
          <Bars
            face={face}
            label={labelOf(face, threshold)}
            limit={limit}
            number={faces.length > 1 ? index + 1 : null}
          />
          <Attributes face={face} />
        </Fragment>
      ))}
      <p className="quiet small">{t.answeredBy(here, tookMs, answer.model_version, smaller)}</p>
    </>
  );
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
