import { useEffect, useRef } from "react";

import type { Picture } from "../../session/types";

export const anchorOf = (id: number) => `photo-${id}`;

/** Brings the first of the pictures that were just chosen into view, where it is not in view yet. */
export function useScrollToNewest(pictures: readonly Picture[]): void {
  const last = pictures.at(-1)?.id ?? 0;
  const seen = useRef(0);
  useEffect(() => {
    const first = pictures.find(({ id }) => id > seen.current);
    const isNew = last > seen.current;
    seen.current = Math.max(seen.current, last);
    const place = isNew && first ? document.getElementById(anchorOf(first.id)) : null;
    if (place && !isInView(place)) place.scrollIntoView({ block: "start", behavior: motion() });
  }, [pictures, last]);
}

function isInView(place: HTMLElement): boolean {
  const { top, bottom } = place.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

function motion(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
