import { useCorrection } from "../../api/feedback";
import { FailureNote } from "../../components/FailureNote";
import type { Picture } from "../../session/types";

/** Takes the label that people would give; only the label is sent, never the picture. */
export function Wrong({ id, picture }: { id: string; picture: Picture }) {
  const correction = useCorrection(id);
  if (correction.isSuccess) {
    return (
      <p className="quiet small" role="status">
        Noted: people would say {correction.data.label}. Thank you.
      </p>
    );
  }
  return (
    <details className="wrong">
      <summary>That’s wrong</summary>
      <div className="actions">
        <span>People would say</span>
        {(["female", "male"] as const).map((label) => (
          <button
            key={label}
            type="button"
            aria-label={`People would say ${label} about ${picture.name}`}
            disabled={correction.isPending}
            onClick={() => correction.mutate(label)}
          >
            {label}
          </button>
        ))}
      </div>
      <FailureNote error={correction.error} />
    </details>
  );
}
