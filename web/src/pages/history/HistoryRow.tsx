import { useCorrection } from "../../api/feedback";
import type { Label, Schemas } from "../../api/client";
import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { percent, when } from "../../words/format";
import { outcomeWords } from "./Filters";
import { useForget } from "./query";

export function HistoryRow({ row }: { row: Schemas["Remembered"] }) {
  const forget = useForget();
  const correction = useCorrection(row.id);
  const answered = row.faces.length > 0;
  return (
    <tr>
      <td className="when">{when(row.created_at)}</td>
      <td>{row.prediction ?? outcomeWords(row.outcome)}</td>
      <td className="number">{answered ? percent(row.confidence) : "–"}</td>
      <td className="version">{row.model_version}</td>
      <td>
        <code title={row.sha256}>{row.sha256.slice(0, 8)}…</code>
      </td>
      <td>
        {answered ? (
          <select
            aria-label={`What people would say about the answer of ${when(row.created_at)}`}
            value={row.feedback ?? ""}
            disabled={correction.isPending}
            onChange={({ target }) => target.value && correction.mutate(target.value as Label)}
          >
            <option value="">–</option>
            <option value="female">female</option>
            <option value="male">male</option>
          </select>
        ) : (
          "–"
        )}
        <FailureNote error={correction.error ?? forget.error} />
      </td>
      <td>
        <ConfirmButton
          label="Delete"
          question="Really?"
          disabled={forget.isPending}
          onConfirm={() => forget.mutate(row.id)}
        />
      </td>
    </tr>
  );
}
