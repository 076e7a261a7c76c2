import { useRef } from "react";

import { useCapabilities, useLabels } from "../../api/capabilities";
import type { Schemas } from "../../api/client";
import { useCorrection } from "../../api/feedback";
import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { announce } from "../../session/announce";
import { t } from "../../words/en";
import { percent, when } from "../../words/format";
import { outcomeWords, withKnown } from "./Filters";
import { useForget } from "./query";
import { useThumbnail } from "./useThumbnail";

export function HistoryRow({ row }: { row: Schemas["Remembered"] }) {
  const place = useRef<HTMLTableRowElement>(null);
  const forget = useForget();
  const answered = row.faces.length > 0;
  const time = when(row.created_at);

  /** The focus goes to the row that takes this one's place. */
  function remove(): void {
    const next = place.current?.nextElementSibling ?? place.current?.previousElementSibling;
    const button = next?.querySelector<HTMLElement>("td:last-child button");
    forget.mutate(row.id, {
      onSuccess: () => {
        (button ?? document.getElementById("main"))?.focus();
        announce(t.history.removed);
      },
    });
  }

  return (
    <tr ref={place}>
      <td data-label={t.history.photo}>
        <Thumbnail id={row.id} />
      </td>
      <td className="when" data-label={t.history.when}>
        {time}
      </td>
      <td data-label={t.history.answer}>{row.prediction ?? outcomeWords(row.outcome)}</td>
      <td className="number" data-label={t.history.sure}>
        {answered ? percent(row.confidence) : t.none}
      </td>
      <td className="version" data-label={t.history.model}>
        {row.model_version}
      </td>
      <td data-label={t.history.hash}>
        <code title={row.sha256}>{row.sha256.slice(0, 8)}…</code>
      </td>
      <td data-label={t.history.wouldSay}>
        {answered ? <Correction row={row} time={time} /> : t.none}
        <FailureNote error={forget.error} />
      </td>
      <td>
        <ConfirmButton
          label={t.history.remove}
          name={t.history.removeOf(time)}
          question={t.history.sureToRemove}
          disabled={forget.isPending}
          onConfirm={remove}
        />
      </td>
    </tr>
  );
}

function Thumbnail({ id }: { id: string }) {
  const found = useThumbnail(id);
  return found ? <img className="thumb" src={found.url} alt={found.name} /> : t.none;
}

function Correction({ row, time }: { row: Schemas["Remembered"]; time: string }) {
  const offered = useCapabilities();
  const correction = useCorrection(row.id);
  const labels = useLabels();
  if (offered?.feedback === false) return row.feedback ?? t.none;
  return (
    <>
      <select
        aria-label={t.history.wouldSayAbout(time)}
        value={row.feedback ?? ""}
        disabled={correction.isPending}
        onChange={({ target }) => target.value && correction.mutate(target.value)}
      >
        <option value="">{t.none}</option>
        {withKnown(labels, row.feedback).map((label) => (
          <option key={label}>{label}</option>
        ))}
      </select>
      <FailureNote error={correction.error} />
    </>
  );
}
