import { useCapabilities, useIsAdmin } from "../../api/capabilities";
import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
import { t } from "../../words/en";
import { percent, when } from "../../words/format";
import { Promote } from "./Promote";

type Version = Schemas["ModelVersion"];

/** Accuracies name their data: of different pictures they cannot be compared. */
export function ModelsTable({ models }: { models: Version[] }) {
  const offered = useCapabilities();
  const data = new Set(models.flatMap(({ evaluation }) => evaluation?.data ?? []));
  const lacksGates = useIsAdmin() && offered?.promotion === false;
  return (
    <>
      <Versions models={models} />
      {data.size > 1 && <p className="quiet small">{t.models.different}</p>}
      {lacksGates && <p className="quiet small">{t.models.gatesOff}</p>}
    </>
  );
}

function Versions({ models }: { models: Version[] }) {
  return (
    <ScrollTable label={t.models.table}>
      <thead>
        <tr>
          <th scope="col">{t.models.version}</th>
          <th scope="col">{t.models.role}</th>
          <th scope="col">{t.models.made}</th>
          <th scope="col">{t.models.network}</th>
          <th scope="col">{t.models.accuracy}</th>
          <th scope="col">{t.models.traffic}</th>
          <th scope="col">{t.models.promotion}</th>
        </tr>
      </thead>
      <tbody>
        {models.toReversed().map((version) => (
          <Row key={version.version} {...version} />
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Row({
  version,
  aliases,
  created,
  architecture,
  evaluation,
  share,
  registered,
  size_bytes,
}: Version) {
  return (
    <tr>
      <th scope="row" className="version">
        {version}
      </th>
      <td>{aliases.join(", ") || t.none}</td>
      <td className="nowrap">{when(created)}</td>
      <td>{t.models.size(architecture, size_bytes)}</td>
      <td className="measured">
        {evaluation
          ? t.models.accuracyOn(evaluation.accuracy.value, evaluation.data)
          : t.models.unmeasured}
      </td>
      <td className="number">{share === null ? t.none : percent(share, 0)}</td>
      <td>
        <Promotion version={version} aliases={aliases} registered={registered} />
      </td>
    </tr>
  );
}

function Promotion({
  version,
  aliases,
  registered,
}: Pick<Version, "version" | "aliases" | "registered">) {
  const offered = useCapabilities();
  const isAdmin = useIsAdmin();
  if (aliases.includes("production")) return t.models.inProduction;
  if (!registered) return t.models.notRegistered;
  return isAdmin && offered?.promotion !== false ? <Promote version={version} /> : t.none;
}
