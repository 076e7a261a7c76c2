import { changeView, layoutOf, useView, type Sort } from "../../session/view";
import { t } from "../../words/en";
import { kindWords } from "../../words/verdict";

interface Props {
  kinds: [kind: string, count: number][];
  count: number;
}

/** Which pictures are shown, in which order, and as what. */
export function ViewTools({ kinds, count }: Props) {
  const view = useView();
  const layout = layoutOf(view, count);
  return (
    <div className="actions view-tools">
      <label className="choice">
        {t.show}
        <select value={view.filter} onChange={({ target }) => changeView({ filter: target.value })}>
          <option value="">{t.everything}</option>
          {kinds.map(([kind, number]) => (
            <option key={kind} value={kind}>
              {t.tallied(kindWords(kind), number)}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        {t.order}
        <select
          value={view.sort}
          onChange={({ target }) => changeView({ sort: target.value as Sort })}
        >
          {Object.entries(t.orders).map(([order, words]) => (
            <option key={order} value={order}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <span className="toggle" role="group" aria-label={t.layout}>
        {(["list", "grid"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={layout === one}
            onClick={() => changeView({ layout: one })}
          >
            {one === "list" ? t.asList : t.asGrid}
          </button>
        ))}
      </span>
    </div>
  );
}
