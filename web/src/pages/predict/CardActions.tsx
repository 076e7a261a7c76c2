import { useState } from "react";

import type { Picture } from "../../session/types";
import { adviseOn } from "../../words/advice";
import { HeatMap } from "./HeatMap";
import { Wrong } from "./Wrong";

interface Props {
  picture: Picture;
  onRetry: () => void;
}

export function CardActions({ picture, onRetry }: Props) {
  const { progress, place } = picture;
  const answer = progress.step === "answered" ? progress.answer : null;
  return (
    <>
      <div className="actions">
        {mayRetry(picture) && (
          <button type="button" className="primary" onClick={onRetry}>
            Try again
          </button>
        )}
        {answer && <CopyButton value={answer} />}
        {answer && place === "service" && answer.faces.length > 0 && (
          <HeatMap picture={picture} count={answer.faces.length} />
        )}
      </div>
      {answer?.id && answer.faces.length === 1 && (
        <Wrong key={answer.id} id={answer.id} picture={picture} />
      )}
    </>
  );
}

function mayRetry({ progress }: Picture): boolean {
  if (progress.step === "failed") return adviseOn(progress.failure.code).retry ?? false;
  return progress.step === "answered" && progress.answer.outcome === "many_people";
}

function CopyButton({ value }: { value: unknown }) {
  const [words, setWords] = useState("Copy JSON");
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
      setWords("Copied");
    } catch {
      setWords("Not allowed to copy");
    }
  }
  return (
    <button type="button" onClick={() => void copy()}>
      {words}
    </button>
  );
}
