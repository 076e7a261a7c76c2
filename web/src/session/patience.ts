/** A busy service asks for a second of patience; many pictures at once may need more of it. */
import { asFailure } from "../api/failure";

const PAUSES_MS = [1000, 2000, 4000];

/** Tries a request again while the service is busy; ends, with the signal's reason, when stopped. */
export async function patiently<T>(
  send: () => Promise<T>,
  signal: AbortSignal,
  onWait: () => void = () => undefined,
): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await send();
    } catch (error) {
      if (asFailure(error).code !== "overloaded") throw error;
      onWait();
      await sleep(pause, signal);
    }
  }
  return send();
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
