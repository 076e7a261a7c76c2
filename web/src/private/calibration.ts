/** Logits to probabilities that mean what they say; mirrors genderlens.calibration. */
import type { Calibration, HeadFacts } from "./facts";

/** By label: of a binary head the positive label's first, as the service writes them. */
export function sharesOf(
  { kind, labels }: HeadFacts,
  logits: readonly number[],
  calibration: Calibration,
): [label: string, share: number][] {
  if (kind !== "binary") {
    const shares = softmax(logits, calibration);
    return labels.map((label, at) => [label, shares[at] ?? NaN]);
  }
  const [negative = "", positive = ""] = labels;
  const share = probabilityPositive(logits[0] ?? NaN, calibration);
  return [
    [positive, share],
    [negative, 1 - share],
  ];
}

export function probabilityPositive(logit: number, { temperature, exponent }: Calibration): number {
  const scaled = logit / temperature;
  const odds = Math.sign(scaled) * Math.abs(scaled) ** exponent;
  const small = Math.exp(-Math.abs(odds));
  return odds >= 0 ? 1 / (1 + small) : small / (1 + small);
}

export function softmax(logits: readonly number[], { temperature }: Calibration): number[] {
  const most = Math.max(...logits);
  const small = logits.map((logit) => Math.exp((logit - most) / temperature));
  const sum = small.reduce((all, one) => all + one, 0);
  return small.map((one) => one / sum);
}
