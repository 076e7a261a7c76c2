import { t } from "../../words/en";

export function ResponsibleUse() {
  return (
    <aside className="responsible" aria-label={t.meaningTitle}>
      <p>
        {t.meaning}
        <a href="#/card">{t.meaningLink}</a>
        {t.meaningEnd}
      </p>
    </aside>
  );
}
