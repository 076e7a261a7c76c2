import { useState } from "react";

import { useCapabilities } from "../../api/capabilities";
import type { Answer } from "../../api/client";
import { judge } from "../../session/judge";
import type { Picture } from "../../session/types";
import { useOptions } from "../../session/options";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import { HeatMap } from "./HeatMap";
import { Wrong } from "./Wrong";

export function CardActions({ picture }: { picture: Picture }) {
  const answer = picture.progress.step === "answered" ? picture.progress.answer : null;
  return (
    <>
      <div className="actions">
        {answer?.outcome === "many_people" && <WhichFace picture={picture} />}
        {mayShrink(picture) && <SmallerCopy picture={picture} />}
        {mayRetry(picture) && <Retry picture={picture} />}
        {answer && <CopyButton value={answer} name={picture.name} />}
        {answer && <Explained picture={picture} answer={answer} />}
      </div>
      {answer && <Corrected picture={picture} answer={answer} />}
    </>
  );
}

function Retry({ picture }: { picture: Picture }) {
  const { place, attributes = [] } = useOptions();
  return (
    <button
      type="button"
      className="primary"
      aria-label={t.named(t.tryAgain, picture.name)}
      onClick={() => void judge(picture, { ...picture.options, place, attributes })}
    >
      {t.tryAgain}
    </button>
  );
}

/** For photos that are too large for the service, or for the line to it. */
function SmallerCopy({ picture }: { picture: Picture }) {
  return (
    <button
      type="button"
      className="primary"
      aria-label={t.named(t.smallerCopy, picture.name)}
      onClick={() => void judge(picture, { ...picture.options, smaller: true })}
    >
      {t.smallerCopy}
    </button>
  );
}

interface AnswerProps {
  picture: Picture;
  answer: Answer;
}

/** Where the service draws heat maps. */
function Explained({ picture, answer }: AnswerProps) {
  const offered = useCapabilities();
  const count = answer.faces.length;
  if (!offered?.heat_maps || picture.options.place === "device" || count === 0) return null;
  return <HeatMap key={answer.id} picture={picture} count={count} />;
}

/** Where the service takes corrections, and kept this answer. */
function Corrected({ picture, answer: { id, faces } }: AnswerProps) {
  const offered = useCapabilities();
  if (!offered?.feedback || !id || faces.length !== 1) return null;
  return <Wrong key={id} id={id} picture={picture} />;
}

/** A photo of several people is answered here, not in the options. */
function WhichFace({ picture }: { picture: Picture }) {
  const ask = (faces: "largest" | "all") => void judge(picture, { ...picture.options, faces });
  return (
    <>
      <button
        type="button"
        className="primary"
        aria-label={t.named(t.largestFace, picture.name)}
        onClick={() => ask("largest")}
      >
        {t.largestFace}
      </button>
      <button
        type="button"
        className="primary"
        aria-label={t.named(t.eachFace, picture.name)}
        onClick={() => ask("all")}
      >
        {t.eachFace}
      </button>
    </>
  );
}

function mayShrink({ progress, options }: Picture): boolean {
  if (progress.step !== "failed" || options.place === "device" || options.smaller) return false;
  return adviseOn(progress.failure.code).smaller ?? false;
}

function mayRetry({ progress }: Picture): boolean {
  return progress.step === "failed" && (adviseOn(progress.failure.code).retry ?? false);
}

function CopyButton({ value, name }: { value: unknown; name: string }) {
  const [words, setWords] = useState<string>(t.copyJson);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
      setWords(t.copied);
    } catch {
      setWords(t.notCopied);
    }
  }
  return (
    <button type="button" aria-label={t.named(words, name)} onClick={() => void copy()}>
      {words}
    </button>
  );
}
