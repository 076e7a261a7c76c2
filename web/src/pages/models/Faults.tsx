import type { Models } from "./query";

/** What is wrong with the registry, and what the service does meanwhile; nothing while all is well. */
export function Faults({ models }: { models: Models }) {
  const broken = Object.entries(models.broken);
  return (
    <>
      {models.stale && (
        <p className="notice bad" role="alert">
          The registry does not answer. Below stands what was known of it last; what answers now is
          current.
        </p>
      )}
      {models.state_error && (
        <p className="notice bad" role="alert">
          Which version has which role cannot be read, so the last good copy is used; the next
          promotion, rollback or split writes it anew: {models.state_error}
        </p>
      )}
      {models.reload_error && (
        <p className="notice bad" role="alert">
          The newest change is not in service: {models.reload_error}
        </p>
      )}
      {broken.length > 0 && (
        <section className="notice bad" aria-label="Versions that cannot be used">
          <p>
            {broken.length === 1
              ? "One version cannot be used"
              : `${broken.length} versions cannot be used`}
            ; the others are not touched by it.
          </p>
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
