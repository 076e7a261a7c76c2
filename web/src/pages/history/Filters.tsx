import { adviseOn } from "../../words/advice";
import type { Filter } from "./query";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const OUTCOMES = ["classified", "uncertain", "no_person", "many_people", "unreadable"] as const;

export function outcomeWords(outcome: (typeof OUTCOMES)[number]): string {
  if (outcome === "classified") return "Classified";
  if (outcome === "unreadable") return "Unreadable";
  return adviseOn(outcome).title;
}

export function Filters({ filter, onChange }: Props) {
  return (
    <>
      <label className="choice">
        Outcome
        <select
          value={filter.outcome}
          onChange={({ target }) =>
            onChange({ ...filter, outcome: target.value as Filter["outcome"] })
          }
        >
          <option value="">any</option>
          {OUTCOMES.map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcomeWords(outcome)}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        Label
        <select
          value={filter.prediction}
          onChange={({ target }) =>
            onChange({ ...filter, prediction: target.value as Filter["prediction"] })
          }
        >
          <option value="">any</option>
          <option value="female">female</option>
          <option value="male">male</option>
        </select>
      </label>
    </>
  );
}
