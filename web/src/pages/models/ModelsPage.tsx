import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { Unavailable } from "../../components/Unavailable";
import { Comparison } from "./Comparison";
import { Fairness } from "./Fairness";
import { Faults } from "./Faults";
import { ModelsTable } from "./ModelsTable";
import { useModels, useRollback, type Models } from "./query";
import { Traffic } from "./Traffic";

/** The newest ones; more columns are hard to read. */
const MOST_COMPARED = 4;

export default function ModelsPage() {
  const { data, error } = useModels();
  return (
    <>
      <h1>Models</h1>
      <p className="lead">
        Which versions there are, which of them answer, and how well they did on labelled pictures.
      </p>
      {error ? (
        <Unavailable what="The list of models" error={error} />
      ) : data ? (
        <Registry models={data} />
      ) : (
        <p className="quiet">Loading…</p>
      )}
    </>
  );
}

function Registry({ models }: { models: Models }) {
  const rollback = useRollback();
  const registered = models.models.filter((version) => version.registered);
  return (
    <>
      <dl className="facts">
        <dt>Answers now</dt>
        <dd>{models.serving ?? "nothing yet"}</dd>
        <dt>In production</dt>
        <dd>{models.production ?? "none in the registry"}</dd>
        <dt>Before it</dt>
        <dd>{models.previous ?? "none"}</dd>
      </dl>
      <Faults models={models} />
      {!models.follows_registry && (
        <p className="notice">
          This service answers with a model of its own; promotions are noted in the registry and
          change nothing here.
        </p>
      )}
      {models.models.length === 0 ? (
        <p className="notice">
          The registry is empty. A retraining or “genderlens models add” puts a version into it.
        </p>
      ) : (
        <ModelsTable models={models.models} />
      )}
      {models.previous && (
        <div className="actions">
          <ConfirmButton
            label={`Roll back to ${models.previous}`}
            question="Press again to roll back"
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
          <Traffic
            key={JSON.stringify(models.traffic)}
            traffic={models.traffic}
            versions={registered.map(({ version }) => version)}
          />
        </>
      )}
    </>
  );
}
