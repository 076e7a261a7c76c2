/** Numbers and times as people read them. */

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** The ends of a share's interval. */
export function interval({ low, high }: { low: number; high: number }): string {
  return `${(100 * low).toFixed(1)} – ${percent(high)}`;
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function when(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** `worst_group_accuracy` as `worst group accuracy`. */
export function spoken(name: string): string {
  return name.replaceAll("_", " ");
}
