import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { t } from "../../words/en";
import { useEmptyPool, usePool } from "./query";

/** What the pool holds, and the way to be rid of it. */
export function Pool() {
  const { data } = usePool();
  const empty = useEmptyPool();
  if (!data) return null;
  const labels = Object.entries(data.labels).map(([label, count]) =>
    t.training.counted(count, label),
  );
  return (
    <div className="pool">
      <p className="quiet" role="status">
        {t.training.pool(data.count, data.limit, labels)}
      </p>
      {data.count > 0 && (
        <ConfirmButton
          label={t.training.emptyPool}
          question={t.training.reallyEmptyPool}
          disabled={empty.isPending}
          onConfirm={() => empty.mutate(undefined)}
        />
      )}
      {empty.data && <p role="status">{t.training.emptied(empty.data.deleted)}</p>}
      <FailureNote error={empty.error} />
    </div>
  );
}
