import { useState } from "react";

import type { Schemas } from "../../api/client";
import { FailureNote } from "../../components/FailureNote";
import { ScrollTable } from "../../components/ScrollTable";
import { interval, milliseconds, percent } from "../../words/format";
import { useComparison } from "./query";

type Live = Schemas["LiveAnswer"];
type Share = Schemas["ShareAnswer"];

const DAYS = [1, 7, 30];
const ROWS: [title: string, tell: (live: Live) => string][] = [
  ["Pictures", ({ pictures }) => pictures.toLocaleString()],
  ["Refused", ({ refused }) => share(refused)],
  ["Uncertain", ({ uncertain }) => share(uncertain)],
  ["Mean confidence", ({ mean_confidence: mean }) => (mean === null ? "–" : percent(mean))],
  ["Right, of what was corrected", ({ right }) => share(right)],
  ["Time, median", ({ latency_p50_ms: ms }) => (ms === null ? "–" : milliseconds(ms))],
  ["Time, 95 % below", ({ latency_p95_ms: ms }) => (ms === null ? "–" : milliseconds(ms))],
];

/** A against B: what the versions that are in the registry did in service. */
export function Comparison({ versions }: { versions: string[] }) {
  const [days, setDays] = useState(7);
  const { data, error } = useComparison(versions, days);
  return (
    <section aria-labelledby="comparison-title">
      <h2 id="comparison-title">In service, side by side</h2>
      <label className="choice">
        Days to look back
        <select value={days} onChange={({ target }) => setDays(Number(target.value))}>
          {DAYS.map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <FailureNote error={error} />
      {data?.history === "off" && (
        <p className="notice">The service keeps no history, so there is nothing to compare.</p>
      )}
      {data?.history === "on" && <Table compared={data.versions} />}
      <p className="quiet small">
        Who corrects an answer is no random sample of who asks: only compare versions with each
        other, and look at the intervals.
      </p>
    </section>
  );
}

function Table({ compared }: { compared: Schemas["ComparedVersion"][] }) {
  return (
    <ScrollTable label="Versions in service, side by side">
      <thead>
        <tr>
          <td />
          {compared.map(({ version }) => (
            <th key={version} scope="col" className="version">
              {version}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([title, tell]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            {compared.map(({ version, live }) => (
              <td key={version} className="number">
                {live ? tell(live) : "–"}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** With its interval, for a share of few pictures says little. */
function share(found: Share): string {
  return found.count === 0 ? "–" : `${percent(found.value)} (${interval(found)})`;
}
