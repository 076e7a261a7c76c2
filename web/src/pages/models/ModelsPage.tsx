import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { Unavailable } from "../../components/Unavailable";
import { ModelsTable } from "./ModelsTable";
import { useModels, useRollback, type Models } from "./query";
import { Traffic } from "./Traffic";

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
      {models.reload_error && (
        <p className="notice bad" role="alert">
          The newest promotion could not be loaded: {models.reload_error}
        </p>
      )}
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
      {models.models.length > 1 && <Traffic key={JSON.stringify(models.traffic)} models={models} />}
    </>
  );
}
