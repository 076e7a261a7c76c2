import { useEffect, useState, type RefObject } from "react";

import type { Answer } from "../../api/client";
import type { Faces } from "../../api/upload";
import type { Place } from "../../session/types";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import { Boxes } from "./Preview";
import { watch, type Seen } from "./watch";

interface Props {
  video: RefObject<HTMLVideoElement | null>;
  faces: Faces;
  place: Place;
}

interface Said {
  words: string;
  atMs: number;
}

/** Boxes follow every frame; words that change more often than that cannot be read. */
const WORDS_EVERY_MS = 250;

/** Frame after frame, on this device or by the service; no frame is kept. */
export function LiveView({ video, faces, place }: Props) {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const show = (next: Seen) => {
      setSeen(next);
      setSaid((before) => say(before, describe(next.answer), performance.now()));
    };
    if (video.current)
      watch(video.current, { faces, place }, stop.signal, show).catch(() => undefined);
    return () => stop.abort();
  }, [video, faces, place]);
  if (!seen) return <p className="live-words">{t.camera.looking}</p>;
  return (
    <>
      <div className="mirrored">
        <Boxes size={seen.size} faces={seen.answer.faces} />
      </div>
      <p className="live-words">{said?.words}</p>
    </>
  );
}

/** What was said before, until that could be read. */
function say(before: Said | null, words: string, nowMs: number): Said {
  return before && nowMs - before.atMs < WORDS_EVERY_MS ? before : { words, atMs: nowMs };
}

function describe(answer: Answer): string {
  if (answer.outcome !== "classified") return adviseOn(answer.outcome).title;
  if (answer.faces.length > 1) return t.faceCount(answer.faces.length);
  return t.looksLive(answer.prediction ?? t.kinds.uncertain, answer.confidence);
}
