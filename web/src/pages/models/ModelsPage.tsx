import { ConfirmButton } from "../../components/ConfirmButton";
import { useIsAdmin } from "../../api/capabilities";
import { FailureNote } from "../../components/FailureNote";
import { Unavailable } from "../../components/Unavailable";
import { Comparison } from "./Comparison";
import { Fairness } from "./Fairness";
import { Faults } from "./Faults";
import { ModelsTable } from "./ModelsTable";
import { t } from "../../words/en";
import { useModels, useRollback, type Models } from "./query";
import { Traffic } from "./Traffic";

/** The newest ones; more columns are hard to read. */
const MOST_COMPARED = 4;

export default function ModelsPage() {
  const { data, error } = useModels();
  return (
    <>
      <h1>{t.models.title}</h1>
      <p className="lead">{t.models.lead}</p>
      {error ? (
        <Unavailable what={t.models.what} error={error} />
      ) : data ? (
        <Registry models={data} />
      ) : (
        <p className="quiet">{t.loading}</p>
      )}
    </>
  );
}

function Registry({ models }: { models: Models }) {
  const rollback = useRollback();
  const isAdmin = useIsAdmin();
  const registered = models.models.filter((version) => version.registered);
  return (
    <>
      <dl className="facts">
        <dt>{t.models.now}</dt>
        <dd>{models.serving ?? t.models.nothing}</dd>
        <dt>{t.models.production}</dt>
        <dd>{models.production ?? t.models.noProduction}</dd>
        <dt>{t.models.before}</dt>
        <dd>{models.previous ?? t.models.noBefore}</dd>
      </dl>
      <Faults models={models} />
      {!models.follows_registry && <p className="notice">{t.models.ownModel}</p>}
      {models.models.length === 0 ? (
        <p className="notice">{t.models.empty}</p>
      ) : (
        <ModelsTable models={models.models} />
      )}
      {isAdmin && models.previous && (
        <div className="actions">
          <ConfirmButton
            label={t.models.rollBack(models.previous)}
            question={t.models.reallyRollBack}
            disabled={rollback.isPending}
            onConfirm={() => rollback.mutate(undefined)}
          />
        </div>
      )}
      <FailureNote error={rollback.error} />
      <Fairness models={models.models} />
      {registered.length > 1 && (
        <>
          <Comparison versions={registered.map(({ version }) => version).slice(-MOST_COMPARED)} />
          {isAdmin && (
            <Traffic
              key={JSON.stringify(models.traffic)}
              traffic={models.traffic}
              versions={registered}
            />
          )}
        </>
      )}
    </>
  );
}
