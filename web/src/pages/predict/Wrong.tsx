import { useEffect } from "react";

import { useCorrection } from "../../api/feedback";
import { LABELS } from "../../api/labels";
import { FailureNote } from "../../components/FailureNote";
import { announce } from "../../session/announce";
import type { Picture } from "../../session/types";
import { t } from "../../words/en";

/** Takes the label that people would give; only the label is sent, never the picture. */
export function Wrong({ id, picture }: { id: string; picture: Picture }) {
  const correction = useCorrection(id);
  const noted = correction.data && t.wrong.noted(correction.data.label);
  useEffect(() => {
    if (noted) announce(noted);
  }, [noted]);
  if (noted) return <p className="quiet small">{noted}</p>;
  return (
    <details className="wrong">
      <summary>{t.wrong.title}</summary>
      <div className="actions">
        <span>{t.wrong.wouldSay}</span>
        {LABELS.map((label) => (
          <button
            key={label}
            type="button"
            aria-label={t.wrong.about(label, picture.name)}
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
