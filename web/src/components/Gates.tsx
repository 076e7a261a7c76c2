import { t } from "../words/en";
import { spoken } from "../words/format";

export interface Gate {
  gate: string;
  value: number | null;
  limit: number;
  at_least: boolean;
  passed: boolean;
}

/** The gates of a decision, or of a problem document that carries one; none where there is none. */
export function gatesOf(document: unknown): Gate[] {
  const holder = document as { decision?: { gates?: Gate[] }; gates?: Gate[] } | null;
  return holder?.decision?.gates ?? holder?.gates ?? [];
}

/** What a version was held against before it may take over. */
export function Gates({ gates }: { gates: Gate[] }) {
  return (
    <ul className="gates">
      {gates.map(({ gate, value, limit, at_least, passed }) => (
        <li key={gate} className={passed ? "good" : "bad"}>
          {passed ? t.gates.holds : t.gates.fails}:{" "}
          {t.gates.line(spoken(gate), value, at_least, limit)}
        </li>
      ))}
    </ul>
  );
}
