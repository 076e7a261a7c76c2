import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type ReactNode } from "react";

import { useCapabilities } from "../../api/capabilities";
import { saveFromApi } from "../../api/save";
import { FailureNote } from "../../components/FailureNote";
import { Unavailable } from "../../components/Unavailable";
import { readQuery, useQueryText, writeQuery } from "../../route";
import { announce } from "../../session/announce";
import { t } from "../../words/en";
import { Filters, OUTCOMES } from "./Filters";
import { HistoryTable } from "./HistoryTable";
import { asQuery, PAGE_ROWS, useHistory, type Filter } from "./query";

export default function HistoryPage() {
  const offered = useCapabilities();
  if (offered?.history === false)
    return (
      <Page>
        <Unavailable what={t.history.what} why={t.off.history} />
      </Page>
    );
  return <Kept />;
}

/** The filters stand in the address, so that a page can be kept or sent. */
function Kept() {
  const text = useQueryText();
  const filter = readFilter();
  return <Pages key={text} filter={filter} />;
}

function readFilter(): Filter {
  const query = readQuery();
  const outcome = OUTCOMES.find((one) => one === query.get("outcome"));
  return { outcome: outcome ?? "", prediction: query.get("label") ?? "" };
}

function Pages({ filter }: { filter: Filter }) {
  // The cursors of the pages before this one, and this one's at the end; null is the first page.
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const { data, error, isFetching } = useHistory(filter, cursors.at(-1) ?? null);
  const csv = useMutation({
    mutationFn: () => saveFromApi(`predictions.csv${asQuery(filter)}`, "predictions.csv"),
  });
  const top = useRef<HTMLDivElement>(null);
  if (error)
    return (
      <Page>
        <Unavailable what={t.history.what} error={error} />
      </Page>
    );
  const next = data?.next ?? null;
  const rows = data?.predictions;
  const first = (cursors.length - 1) * PAGE_ROWS + 1;

  /** A page begins at its top, for eyes and for the focus. */
  function turn(to: (string | null)[]): void {
    setCursors(to);
    announce(t.history.page(to.length));
    top.current?.focus();
    top.current?.scrollIntoView({ block: "start" });
  }

  return (
    <Page>
      <div className="toolbar" ref={top} tabIndex={-1}>
        <Filters
          filter={filter}
          onChange={({ outcome, prediction }) => writeQuery({ outcome, label: prediction })}
        />
        <button type="button" disabled={csv.isPending} onClick={() => csv.mutate()}>
          {t.downloadCsv}
        </button>
        {rows && rows.length > 0 && (
          <span className="quiet">
            {t.history.shown(first, first + rows.length - 1, data.total)}
          </span>
        )}
      </div>
      <FailureNote error={csv.error} />
      <HistoryTable rows={rows} busy={isFetching} />
      <div className="actions paging">
        <button
          type="button"
          disabled={cursors.length === 1}
          onClick={() => turn(cursors.slice(0, -1))}
        >
          {t.history.newer}
        </button>
        <span>{t.history.page(cursors.length)}</span>
        <button type="button" disabled={!next} onClick={() => turn([...cursors, next])}>
          {t.history.older}
        </button>
      </div>
    </Page>
  );
}

function Page({ children }: { children: ReactNode }) {
  return (
    <>
      <h1>{t.history.title}</h1>
      <p className="lead">{t.history.lead}</p>
      {children}
    </>
  );
}
