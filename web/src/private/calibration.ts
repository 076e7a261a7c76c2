/** Logits to probabilities that mean what they say; mirrors genderlens.calibration. */
import type { Calibration } from "./facts";

export function probabilityMale(logit: number, { temperature, exponent }: Calibration): number {
  const scaled = logit / temperature;
  const odds = Math.sign(scaled) * Math.abs(scaled) ** exponent;
  const small = Math.exp(-Math.abs(odds));
  return odds >= 0 ? 1 / (1 + small) : small / (1 + small);
}
