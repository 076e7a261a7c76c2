import { useState } from "react";

import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
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
      <h2 id="fairness-title">How well, and for whom</h2>
      <label className="choice">
        Version
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
        Right in <strong>{percent(accuracy.value)}</strong> of {accuracy.count.toLocaleString()}{" "}
        pictures ({interval(accuracy)}, 95 % interval), uncertain in {percent(abstained.value)}
        {ece !== null && `, calibration error ${percent(ece)}`}. Measured on {data}.
        {worst_group && ` Least often right for: ${worst_group.group} (${worst_group.attribute}).`}
      </p>
      {groups.length > 0 && <Groups groups={groups} worst={worst_group} />}
    </>
  );
}

function Groups({ groups, worst }: { groups: Group[]; worst: Group | null }) {
  return (
    <ScrollTable label="Accuracy by group">
      <thead>
        <tr>
          <th scope="col">Attribute</th>
          <th scope="col">Group</th>
          <th scope="col">Right</th>
          <th scope="col">95 % interval</th>
          <th scope="col">Pictures</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ attribute, group, accuracy }) => (
          <tr key={`${attribute} ${group}`}>
            <td>{attribute}</td>
            <th scope="row">
              {group}
              {worst?.group === group && worst.attribute === attribute && (
                <span className="tag">least</span>
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
