import { t } from "../../words/en";
import { kindWords } from "../../words/verdict";
import type { Item } from "./items";

const BINS = 10;
const WIDTH = 300;
const HEIGHT = 80;
/** A label's own confidence is never below one half. */
const LOW = 0.5;

/** How many photos of each kind there are, and how sure the answers are. */
export function Figures({ items }: { items: readonly Item[] }) {
  const counts = new Map<string, number>();
  for (const { told } of items) {
    const kind = told ? (told.label ?? told.outcome) : "waiting";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return (
    <div className="figures">
      <section aria-label={t.dataset.counts}>
        <h2>{t.dataset.counts}</h2>
        <dl className="facts">
          {[...counts].map(([kind, count]) => (
            <div key={kind}>
              <dt>{kind === "waiting" ? t.dataset.noAnswer : kindWords(kind)}</dt>
              <dd>{count.toLocaleString()}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Distribution items={items} />
    </div>
  );
}

function Distribution({ items }: { items: readonly Item[] }) {
  const bins = new Array<number>(BINS).fill(0);
  for (const { told } of items) {
    if (told?.confidence == null) continue;
    const at = Math.floor(((told.confidence - LOW) / (1 - LOW)) * BINS);
    const bin = Math.min(BINS - 1, Math.max(0, at));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const most = Math.max(...bins, 1);
  const bar = WIDTH / BINS;
  const edge = (index: number) => LOW + (index * (1 - LOW)) / BINS;
  const words = bins.map((count, index) =>
    t.dataset.distributionBar(edge(index), edge(index + 1), count),
  );
  return (
    <section className="distribution" aria-label={t.dataset.distribution}>
      <h2>{t.dataset.distribution}</h2>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.join("; ")}>
        {bins.map((count, index) => {
          const height = (count / most) * (HEIGHT - 4);
          return (
            <rect
              key={words[index]}
              x={index * bar + 1}
              y={HEIGHT - height}
              width={bar - 2}
              height={height}
            >
              <title>{words[index]}</title>
            </rect>
          );
        })}
      </svg>
      <p className="quiet small ends">
        <span>{t.dataset.fromSure}</span>
        <span>{t.dataset.toSure}</span>
      </p>
    </section>
  );
}
