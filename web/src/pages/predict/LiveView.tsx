import { useEffect, useState, type RefObject } from "react";

import type { Answer } from "../../api/client";
import type { Faces } from "../../api/upload";
import { predictHere } from "../../private/device";
import { adviseOn } from "../../words/advice";
import { percent } from "../../words/format";
import { Boxes } from "./Preview";
import { takePhoto } from "./useCamera";

interface Props {
  video: RefObject<HTMLVideoElement | null>;
  faces: Faces;
}

interface Seen {
  answer: Answer;
  size: { width: number; height: number };
}

const PAUSE_MS = 50;

/** Frame after frame, judged on this device; never kept. */
export function LiveView({ video, faces }: Props) {
  const [seen, setSeen] = useState<Seen | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void watch(video, faces, () => !stop.signal.aborted, setSeen);
    return () => stop.abort();
  }, [video, faces]);
  if (!seen) return <p className="live-words">Looking…</p>;
  return (
    <>
      <Boxes size={seen.size} faces={seen.answer.faces} />
      <p className="live-words">{describe(seen.answer)}</p>
    </>
  );
}

async function watch(
  video: Props["video"],
  faces: Faces,
  isWanted: () => boolean,
  onSeen: (seen: Seen) => void,
): Promise<void> {
  while (isWanted()) {
    const screen = video.current;
    const frame = screen && (await takePhoto(screen, "frame.jpg"));
    const answer = frame ? await predictHere(frame, faces).catch(() => null) : null;
    if (!isWanted()) return;
    if (screen && answer)
      onSeen({ answer, size: { width: screen.videoWidth, height: screen.videoHeight } });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function describe(answer: Answer): string {
  if (answer.outcome !== "classified") return adviseOn(answer.outcome).title;
  if (answer.faces.length > 1) return `${answer.faces.length} faces`;
  return `Looks ${answer.prediction ?? "uncertain"}, ${percent(answer.confidence)}`;
}
