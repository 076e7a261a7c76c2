import { useState } from "react";

import type { Schemas } from "../../api/client";
import { FailureNote } from "../../components/FailureNote";
import { ScrollTable } from "../../components/ScrollTable";
import { t } from "../../words/en";
import { interval, milliseconds, percent } from "../../words/format";
import { useComparison } from "./query";

type Live = Schemas["LiveAnswer"];
type Share = Schemas["Estimate"];

const DAYS = [1, 7, 30];
const ROWS: [title: string, tell: (live: Live) => string][] = [
  [t.models.pictures, ({ pictures }) => pictures.toLocaleString()],
  [t.models.refused, ({ refused }) => share(refused)],
  [t.models.uncertain, ({ uncertain }) => share(uncertain)],
  [t.models.confidence, ({ mean_confidence: mean }) => (mean === null ? t.none : percent(mean))],
  [t.models.rightCorrected, ({ right }) => share(right)],
  [t.models.median, ({ latency_p50_ms: ms }) => (ms === null ? t.none : milliseconds(ms))],
  [t.models.p95, ({ latency_p95_ms: ms }) => (ms === null ? t.none : milliseconds(ms))],
];

/** A against B: what the versions that are in the registry did in service. */
export function Comparison({ versions }: { versions: string[] }) {
  const [days, setDays] = useState(7);
  const { data, error } = useComparison(versions, days);
  return (
    <section aria-labelledby="comparison-title">
      <h2 id="comparison-title">{t.models.comparison}</h2>
      <label className="choice">
        {t.models.days}
        <select value={days} onChange={({ target }) => setDays(Number(target.value))}>
          {DAYS.map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <FailureNote error={error} />
      {data?.history === "off" && <p className="notice">{t.models.noHistory}</p>}
      {data?.history === "on" && <Table compared={data.versions} />}
      <p className="quiet small">{t.models.corrections}</p>
    </section>
  );
}

function Table({ compared }: { compared: Schemas["ComparedVersion"][] }) {
  return (
    <ScrollTable label={t.models.comparisonTable}>
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
                {live ? tell(live) : t.none}
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
  return found.count === 0 ? t.none : `${percent(found.value)} (${interval(found)})`;
}
