/** What outcomes and codes mean, and what to do next, in plain words. */
import { t } from "./en";

export interface Advice {
  title: string;
  next: string;
  /** Whether asking once more may help. */
  retry?: true;
  /** Whether a smaller copy of the photo may fare better. */
  smaller?: true;
}

/** Advice on a code; what is unknown is shown in the service's own words. */
export function adviseOn(code: string, detail: string = t.somethingWrong): Advice {
  return t.advice[code] ?? { title: t.notAnswered, next: detail, retry: true };
}

export function isExplained(code: string): boolean {
  return code in t.advice;
}
