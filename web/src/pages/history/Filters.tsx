import { LABELS } from "../../api/labels";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import type { Filter } from "./query";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export const OUTCOMES = [
  "classified",
  "uncertain",
  "no_person",
  "many_people",
  "unreadable",
] as const;

export function outcomeWords(outcome: (typeof OUTCOMES)[number]): string {
  if (outcome === "classified") return t.history.classified;
  if (outcome === "unreadable") return t.history.unreadable;
  return adviseOn(outcome).title;
}

export function Filters({ filter, onChange }: Props) {
  return (
    <>
      <label className="choice">
        {t.history.outcome}
        <select
          value={filter.outcome}
          onChange={({ target }) =>
            onChange({ ...filter, outcome: target.value as Filter["outcome"] })
          }
        >
          <option value="">{t.history.any}</option>
          {OUTCOMES.map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcomeWords(outcome)}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        {t.history.label}
        <select
          value={filter.prediction}
          onChange={({ target }) =>
            onChange({ ...filter, prediction: target.value as Filter["prediction"] })
          }
        >
          <option value="">{t.history.any}</option>
          {LABELS.map((label) => (
            <option key={label}>{label}</option>
          ))}
        </select>
      </label>
    </>
  );
}
