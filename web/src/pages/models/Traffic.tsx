import { useState } from "react";

import type { Schemas } from "../../api/client";
import { FailureNote } from "../../components/FailureNote";
import { t } from "../../words/en";
import { percent } from "../../words/format";
import { useTraffic } from "./query";

interface Props {
  traffic: Record<string, number>;
  versions: Schemas["ModelVersion"][];
}

/** Versions that the gates have let through once. */
const PASSED = ["production", "previous"];

/** Shares the traffic among versions; one that passed no gates gets some on the second press only. */
export function Traffic({ traffic: now, versions }: Props) {
  const [weights, setWeights] = useState(now);
  const traffic = useTraffic();
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  const [asked, setAsked] = useState(false);
  const untested = versions
    .filter(({ aliases, version }) => weights[version] && !aliases.some((a) => PASSED.includes(a)))
    .map(({ version }) => version);
  const wanted = Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
  return (
    <form
      className="traffic"
      onSubmit={(event) => {
        event.preventDefault();
        const asks = untested.length > 0 && !asked;
        setAsked(asks);
        if (!asks) traffic.mutate(wanted);
      }}
    >
      <h2>{t.models.split}</h2>
      <p className="quiet">{t.models.splitWhy}</p>
      {versions.map(({ version }) => (
        <label key={version} className="weight">
          <span className="version">{version}</span>
          <input
            type="number"
            min={0}
            max={1000}
            step="any"
            value={weights[version] ?? 0}
            onChange={({ target }) =>
              setWeights({ ...weights, [version]: Math.max(0, target.valueAsNumber || 0) })
            }
          />
          <span className="number">
            {sum > 0 ? percent((weights[version] ?? 0) / sum, 0) : t.none}
          </span>
        </label>
      ))}
      <div className="actions">
        <button type="submit" className="primary" disabled={traffic.isPending}>
          {t.models.setSplit}
        </button>
        <button type="button" disabled={traffic.isPending} onClick={() => traffic.mutate({})}>
          {t.models.alone}
        </button>
      </div>
      {asked && (
        <p className="warn" role="alert">
          {t.models.untested(untested.join(", "))}
        </p>
      )}
      <FailureNote error={traffic.error} />
      {traffic.isSuccess && <p role="status">{t.models.splitSet}</p>}
    </form>
  );
}
