import type { ChangeEvent } from "react";

import { t } from "../../words/en";

interface Props {
  small: boolean;
  onFiles: (files: File[]) => void;
}

/** Ways to bring a folder or a table here. */
export function Opener({ small, onFiles }: Props) {
  function pick({ target }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(target.files ?? [])]);
    target.value = "";
  }
  return (
    <section className={small ? "drop small-drop" : "drop"} aria-label={t.dataset.pickFolder}>
      {!small && (
        <p>
          <strong>{t.dataset.dropFolder}</strong>
        </p>
      )}
      <p className="actions">
        <label className="button primary">
          {t.dataset.pickFolder}
          <input
            type="file"
            multiple
            ref={(input) => input?.setAttribute("webkitdirectory", "")}
            aria-label={t.dataset.pickFolder}
            onChange={pick}
          />
        </label>
        <label className="button">
          {t.dataset.pickReport}
          <input
            type="file"
            accept=".csv,.jsonl"
            aria-label={t.dataset.pickReport}
            onChange={pick}
          />
        </label>
      </p>
      {!small && <p className="quiet small">{t.dataset.reportHint}</p>}
    </section>
  );
}
