/** A camera frame after frame: each is answered, none is kept, and the next is always the newest. */
import type { Answer } from "../../api/client";
import { predict, type Faces } from "../../api/upload";
import { watchHere } from "../../private/device";
import { grabFrame } from "../../private/frames";
import type { Place, Size } from "../../session/types";
import { takePhoto } from "./useCamera";

export interface Seen {
  answer: Answer;
  size: Size;
}

/** Answers the frame in view; nothing where there is none. `first`: none was answered before. */
type Ask = (screen: HTMLVideoElement, first: boolean) => Promise<Answer | null>;

/** A service is not asked more often. */
const SERVICE_PAUSE_MS = 1000;

/** Until it is stopped; frames without an answer are passed over. */
export async function watch(
  screen: HTMLVideoElement,
  { faces, place }: { faces: Faces; place: Place },
  signal: AbortSignal,
  onSeen: (seen: Seen) => void,
): Promise<void> {
  const ask = place === "device" ? askHere(faces, signal) : askService(faces, signal);
  for (let first = true; !signal.aborted;) {
    const later = place === "device" ? nextFrame(screen) : undefined;
    const size = { width: screen.videoWidth, height: screen.videoHeight };
    const answer: Answer | null = await ask(screen, first).catch(() => null);
    signal.throwIfAborted();
    if (answer) onSeen({ answer, size });
    first &&= !answer;
    await (later ?? pause(SERVICE_PAUSE_MS));
  }
}

/** On this device, as it is: what is grabbed once it is stopped goes nowhere. */
function askHere(faces: Faces, signal: AbortSignal): Ask {
  return (screen, first) => {
    const grab = async () => {
      const frame = await grabFrame(screen);
      if (signal.aborted) frame.close();
      return signal.aborted ? null : frame;
    };
    return watchHere(grab, faces, first);
  };
}

function askService(faces: Faces, signal: AbortSignal): Ask {
  return async (screen) => {
    const photo = await takePhoto(screen, "frame.jpg");
    return photo && (await predict(photo, photo.name, { faces }, { signal })).answer;
  };
}

/** Until the camera shows another frame; where browsers do not tell, until the screen does. */
function nextFrame(screen: HTMLVideoElement): Promise<unknown> {
  const { requestVideoFrameCallback: tells } = screen as Partial<HTMLVideoElement>;
  return new Promise((resolve) =>
    tells ? tells.call(screen, resolve) : requestAnimationFrame(resolve),
  );
}

function pause(ms: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
