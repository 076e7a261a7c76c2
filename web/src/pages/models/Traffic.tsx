import { useState } from "react";

import { FailureNote } from "../../components/FailureNote";
import { percent } from "../../words/format";
import { useTraffic } from "./query";

interface Props {
  traffic: Record<string, number>;
  versions: string[];
}

/** Shares the traffic among versions; what has no weight gets none. */
export function Traffic({ traffic: now, versions }: Props) {
  const [weights, setWeights] = useState(now);
  const traffic = useTraffic();
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  const wanted = Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
  return (
    <form
      className="traffic"
      onSubmit={(event) => {
        event.preventDefault();
        traffic.mutate(wanted);
      }}
    >
      <h2>Split the traffic (A/B)</h2>
      <p className="quiet">
        Weights need no sum. The same key or picture keeps its version. No weight at all: production
        answers alone.
      </p>
      {versions.map((version) => (
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
            {sum > 0 ? percent((weights[version] ?? 0) / sum, 0) : "–"}
          </span>
        </label>
      ))}
      <div className="actions">
        <button type="submit" className="primary" disabled={traffic.isPending}>
          Set the split
        </button>
        <button type="button" disabled={traffic.isPending} onClick={() => traffic.mutate({})}>
          Production alone
        </button>
      </div>
      <FailureNote error={traffic.error} />
      {traffic.isSuccess && <p role="status">The split is set.</p>}
    </form>
  );
}
