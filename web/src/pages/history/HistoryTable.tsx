import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
import { HistoryRow } from "./HistoryRow";

interface Props {
  rows: Schemas["Remembered"][] | undefined;
  busy: boolean;
}

export function HistoryTable({ rows, busy }: Props) {
  if (rows?.length === 0)
    return (
      <p className="notice">Nothing is kept that fits. Answers appear here as they are given.</p>
    );
  return (
    <ScrollTable label="Answers given before" busy={busy}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Answer</th>
          <th scope="col">Sure</th>
          <th scope="col">Model</th>
          <th scope="col">SHA-256</th>
          <th scope="col">People would say</th>
          <th scope="col">
            <span className="hidden">Delete</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows?.map((row) => (
          <HistoryRow key={row.id} row={row} />
        ))}
      </tbody>
    </ScrollTable>
  );
}
