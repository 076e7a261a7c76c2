import { useEffect, useState, type RefObject } from "react";

import type { Answer } from "../../api/client";
import { predict, type Faces } from "../../api/upload";
import { predictHere } from "../../private/device";
import type { Place, Size } from "../../session/types";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import { Boxes } from "./Preview";
import { takePhoto } from "./useCamera";

interface Props {
  video: RefObject<HTMLVideoElement | null>;
  faces: Faces;
  place: Place;
}

interface Seen {
  answer: Answer;
  size: Size;
}

/** Between frames: a service is not asked more often than once a second. */
const PAUSES_MS: Record<Place, number> = { device: 50, service: 1000 };

/** Frame after frame, on this device or by the service; no frame is kept. */
export function LiveView({ video, faces, place }: Props) {
  const [seen, setSeen] = useState<Seen | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    watch({ video, faces, place }, stop.signal, setSeen).catch(() => undefined);
    return () => stop.abort();
  }, [video, faces, place]);
  if (!seen) return <p className="live-words">{t.camera.looking}</p>;
  return (
    <>
      <div className="mirrored">
        <Boxes size={seen.size} faces={seen.answer.faces} />
      </div>
      <p className="live-words">{describe(seen.answer)}</p>
    </>
  );
}

async function watch(
  { video, faces, place }: Props,
  signal: AbortSignal,
  onSeen: (seen: Seen) => void,
): Promise<void> {
  for (;;) {
    const screen = video.current;
    const frame = screen && (await takePhoto(screen, "frame.jpg"));
    const answer = frame ? await ask(frame, faces, place, signal).catch(() => null) : null;
    signal.throwIfAborted();
    if (screen && answer)
      onSeen({ answer, size: { width: screen.videoWidth, height: screen.videoHeight } });
    await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[place]));
  }
}

async function ask(frame: File, faces: Faces, place: Place, signal: AbortSignal): Promise<Answer> {
  if (place === "device") return predictHere(frame, faces);
  return (await predict(frame, frame.name, { faces }, { signal })).answer;
}

function describe(answer: Answer): string {
  if (answer.outcome !== "classified") return adviseOn(answer.outcome).title;
  if (answer.faces.length > 1) return t.faceCount(answer.faces.length);
  return t.looksLive(answer.prediction ?? t.kinds.uncertain, answer.confidence);
}
