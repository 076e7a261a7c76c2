import { useEffect, useRef } from "react";

import { isDone, type Picture } from "../../session/types";

export const anchorOf = (id: number) => `photo-${id}`;

/**
 * Brings the first of the pictures that were just chosen into view, where it is not in view yet, and
 * keeps it there until it is answered, for cards grow; a visitor who scrolls is left alone.
 */
export function useScrollToNewest(pictures: readonly Picture[]): void {
  const seen = useRef(0);
  const target = useRef<number | null>(null);
  useEffect(() => {
    const first = pictures.find(({ id }) => id > seen.current);
    if (first) target.current = first.id;
    seen.current = Math.max(seen.current, pictures.at(-1)?.id ?? 0);
    const wanted = pictures.find(({ id }) => id === target.current);
    if (!wanted) return;
    show(wanted.id);
    if (isDone(wanted) && wanted.sketch) target.current = null;
  }, [pictures]);
  useEffect(() => {
    const stop = new AbortController();
    const leave = () => {
      target.current = null;
    };
    for (const event of ["wheel", "touchmove", "keydown"])
      addEventListener(event, leave, { signal: stop.signal, passive: true });
    return () => stop.abort();
  }, []);
}

function show(id: number): void {
  const place = document.getElementById(anchorOf(id));
  if (place && !isInView(place)) place.scrollIntoView({ block: "start", behavior: motion() });
}

function isInView(place: HTMLElement): boolean {
  const { top, bottom } = place.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

function motion(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
