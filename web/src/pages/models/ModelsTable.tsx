import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
import { percent, when } from "../../words/format";
import { Promote } from "./Promote";

type Version = Schemas["ModelVersion"];

export function ModelsTable({ models }: { models: Version[] }) {
  return (
    <ScrollTable label="Versions of the model">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Role</th>
          <th scope="col">Made</th>
          <th scope="col">Network</th>
          <th scope="col">Accuracy</th>
          <th scope="col">Traffic</th>
          <th scope="col">Promotion</th>
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
  accuracy,
  share,
  registered,
  size_bytes,
}: Version) {
  return (
    <tr>
      <th scope="row" className="version">
        {version}
      </th>
      <td>{aliases.join(", ") || "–"}</td>
      <td className="nowrap">{when(created)}</td>
      <td>
        {architecture}, {(size_bytes / 1e6).toFixed(1)} MB
      </td>
      <td className="number">{accuracy === null ? "not measured" : percent(accuracy)}</td>
      <td className="number">{share === null ? "–" : percent(share, 0)}</td>
      <td>{promotion(version, aliases, registered)}</td>
    </tr>
  );
}

function promotion(version: string, aliases: string[], registered: boolean) {
  if (aliases.includes("production")) return "in production";
  return registered ? <Promote version={version} /> : "not in the registry";
}
