import { useState } from "react";

import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
import { t } from "../../words/en";
import { interval, percent } from "../../words/format";

type Version = Schemas["ModelVersion"];
type Group = Schemas["GroupAnswer"];

/** How well a version did on labelled pictures, and for which groups it did worse. */
export function Fairness({ models }: { models: Version[] }) {
  const [wanted, setWanted] = useState<string>();
  const measured = models.filter(({ evaluation }) => evaluation);
  const shown =
    measured.find(({ version }) => version === wanted) ??
    measured.find(({ aliases }) => aliases.includes("production")) ??
    measured.at(-1);
  if (!shown?.evaluation) return null;
  return (
    <section aria-labelledby="fairness-title">
      <h2 id="fairness-title">{t.models.fairness}</h2>
      <label className="choice">
        {t.models.version}
        <select value={shown.version} onChange={({ target }) => setWanted(target.value)}>
          {measured.map(({ version }) => (
            <option key={version}>{version}</option>
          ))}
        </select>
      </label>
      <Evaluation {...shown.evaluation} />
    </section>
  );
}

function Evaluation({
  data,
  accuracy,
  abstained,
  ece,
  worst_group,
  groups,
}: NonNullable<Version["evaluation"]>) {
  return (
    <>
      <p>
        {t.models.right}
        <strong>{percent(accuracy.value)}</strong>
        {t.models.rightOf(accuracy.count)}
        {t.models.rightMore(accuracy, abstained.value, ece)}
        {t.models.measuredOn(data)}
        {worst_group && t.models.worst(worst_group.group, worst_group.attribute)}
      </p>
      {groups.length > 0 && <Groups groups={groups} worst={worst_group} />}
    </>
  );
}

function Groups({ groups, worst }: { groups: Group[]; worst: Group | null }) {
  return (
    <ScrollTable label={t.models.groups}>
      <thead>
        <tr>
          <th scope="col">{t.models.attribute}</th>
          <th scope="col">{t.models.group}</th>
          <th scope="col">{t.models.rightHead}</th>
          <th scope="col">{t.models.interval}</th>
          <th scope="col">{t.models.pictures}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ attribute, group, accuracy }) => (
          <tr key={`${attribute} ${group}`}>
            <td>{attribute}</td>
            <th scope="row">
              {group}
              {worst?.group === group && worst.attribute === attribute && (
                <span className="tag">{t.models.least}</span>
              )}
            </th>
            <td className="number">{percent(accuracy.value)}</td>
            <td className="number">{interval(accuracy)}</td>
            <td className="number">{accuracy.count.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
