/** Small copies of photos in view: made when they come into it, the oldest freed. */
import { useEffect, useState } from "react";

import { sketchOf } from "../../session/sketch";
import { Slots } from "../../session/slots";

const SIDE_PX = 160;
const MOST_KEPT = 400;
const slots = new Slots(2);
const kept = new Map<File, string>();

/** Object address of a small copy; undefined until it is made, null where it cannot be. */
export function useThumb(file: File | null): string | null | undefined {
  const [made, setMade] = useState<{ file: File; url: string | null }>();
  useEffect(() => {
    if (!file || kept.has(file)) return undefined;
    const stop = new AbortController();
    slots
      .run(() => make(file), stop.signal)
      .catch(() => null)
      .then((url) => {
        if (!stop.signal.aborted) setMade({ file, url });
      })
      .catch(() => undefined);
    return () => stop.abort();
  }, [file]);
  if (!file) return null;
  return kept.get(file) ?? (made?.file === file ? made.url : undefined);
}

async function make(file: File): Promise<string> {
  const known = kept.get(file);
  if (known) return known;
  const { url } = await sketchOf(file, SIDE_PX);
  kept.set(file, url);
  const [oldest] = kept;
  if (kept.size > MOST_KEPT && oldest) {
    kept.delete(oldest[0]);
    URL.revokeObjectURL(oldest[1]);
  }
  return url;
}

export function freeThumbs(): void {
  for (const url of kept.values()) URL.revokeObjectURL(url);
  kept.clear();
}
