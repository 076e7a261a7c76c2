import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { saveFromApi } from "../../api/save";
import { FailureNote } from "../../components/FailureNote";
import { Unavailable } from "../../components/Unavailable";
import { Filters } from "./Filters";
import { HistoryTable } from "./HistoryTable";
import { asQuery, useHistory, type Filter } from "./query";

export default function HistoryPage() {
  const [filter, setFilter] = useState<Filter>({ outcome: "", prediction: "" });
  // The cursors of the pages before this one, and this one's at the end; null is the first page.
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const { data, error, isFetching } = useHistory(filter, cursors.at(-1) ?? null);
  const csv = useMutation({
    mutationFn: () => saveFromApi(`predictions.csv${asQuery(filter)}`, "predictions.csv"),
  });

  if (error)
    return (
      <Page>
        <Unavailable what="The history" error={error} />
      </Page>
    );
  const next = data?.next ?? null;
  return (
    <Page>
      <div className="toolbar">
        <Filters
          filter={filter}
          onChange={(wish) => {
            setFilter(wish);
            setCursors([null]);
          }}
        />
        <button type="button" disabled={csv.isPending} onClick={() => csv.mutate()}>
          Download CSV
        </button>
      </div>
      <FailureNote error={csv.error} />
      <HistoryTable rows={data?.predictions} busy={isFetching} />
      <div className="actions paging">
        <button
          type="button"
          disabled={cursors.length === 1}
          onClick={() => setCursors(cursors.slice(0, -1))}
        >
          Newer
        </button>
        <span role="status">Page {cursors.length}</span>
        <button type="button" disabled={!next} onClick={() => setCursors([...cursors, next])}>
          Older
        </button>
      </div>
    </Page>
  );
}

function Page({ children }: { children: React.ReactNode }) {
  return (
    <>
      <h1>History</h1>
      <p className="lead">
        What was answered before. The service keeps no pictures: only a hash, the answer and the
        time.
      </p>
      {children}
    </>
  );
}
