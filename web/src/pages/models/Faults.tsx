import { t } from "../../words/en";
import type { Models } from "./query";

/** What is wrong with the registry, and what the service does meanwhile; nothing while all is well. */
export function Faults({ models }: { models: Models }) {
  const broken = Object.entries(models.broken);
  return (
    <>
      {models.stale && (
        <p className="notice bad" role="alert">
          {t.models.stale}
        </p>
      )}
      {models.state_error && (
        <p className="notice bad" role="alert">
          {t.models.stateError(models.state_error)}
        </p>
      )}
      {models.reload_error && (
        <p className="notice bad" role="alert">
          {t.models.reloadError(models.reload_error)}
        </p>
      )}
      {broken.length > 0 && (
        <section className="notice bad" aria-label={t.models.brokenTitle}>
          <p>{t.models.broken(broken.length)}</p>
          <ul className="faults">
            {broken.map(([version, fault]) => (
              <li key={version}>
                <strong className="version">{version}</strong>: {fault}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
