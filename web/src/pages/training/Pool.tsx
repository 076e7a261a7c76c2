import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { useEmptyPool, usePool } from "./query";

/** What the pool holds, and the way to be rid of it. */
export function Pool() {
  const { data } = usePool();
  const empty = useEmptyPool();
  if (!data) return null;
  const labels = Object.entries(data.labels).map(([label, count]) => `${count} ${label}`);
  return (
    <div className="pool">
      <p className="quiet" role="status">
        The pool holds {data.count.toLocaleString()} of at most {data.limit.toLocaleString()}{" "}
        pictures{labels.length > 0 && `: ${labels.join(", ")}`}.
      </p>
      {data.count > 0 && (
        <ConfirmButton
          label="Remove my pictures"
          question="Press again to remove them"
          disabled={empty.isPending}
          onConfirm={() => empty.mutate(undefined)}
        />
      )}
      {empty.data && <p role="status">{empty.data.deleted} removed.</p>}
      <FailureNote error={empty.error} />
    </div>
  );
}
