import type { Schemas } from "../../api/client";
import { ScrollTable } from "../../components/ScrollTable";
import { t } from "../../words/en";
import { HistoryRow } from "./HistoryRow";

interface Props {
  rows: Schemas["Remembered"][] | undefined;
  busy: boolean;
}

export function HistoryTable({ rows, busy }: Props) {
  if (rows?.length === 0) return <p className="notice">{t.history.empty}</p>;
  return (
    <ScrollTable label={t.history.table} busy={busy} stacks>
      <thead>
        <tr>
          <th scope="col">{t.history.photo}</th>
          <th scope="col">{t.history.when}</th>
          <th scope="col">{t.history.answer}</th>
          <th scope="col">{t.history.sure}</th>
          <th scope="col">{t.history.model}</th>
          <th scope="col">{t.history.hash}</th>
          <th scope="col">{t.history.wouldSay}</th>
          <th scope="col">
            <span className="hidden">{t.history.remove}</span>
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
