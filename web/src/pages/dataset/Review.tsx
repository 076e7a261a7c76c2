import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { useLabels } from "../../api/capabilities";
import { announce } from "../../session/announce";
import { t } from "../../words/en";
import { percent } from "../../words/format";
import { baseOf, correct, UNDECIDED, type Item, type Verdict } from "./items";
import { keysOf, labelsOf, SKIP_KEY } from "./keys";
import { Picture } from "./Picture";

interface Props {
  /** In the order of the review. */
  items: readonly Item[];
  corrections: Readonly<Record<string, Verdict>>;
  /** Where it begins. */
  start: string;
  onClose: () => void;
}

const BACK = "ArrowLeft";
const SKIP = [SKIP_KEY, t.dataset.skip] as const;

/** One photo after another, judged with one key each while the focus is here. */
export function Review({ items, corrections, start, onClose }: Props) {
  const place = useRef<HTMLElement>(null);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      items.findIndex(({ uri }) => uri === start),
    ),
  );
  useEffect(() => place.current?.focus(), []);
  const item = items[at];
  const done = items.filter(({ uri }) => corrections[uri]).length;
  const answers = keysOf(labelsOf(useLabels(), items));
  const keys = [...answers.map(([key, verdict]) => [key, wordFor(verdict)] as const), SKIP];

  /** Null skips. */
  function judge(verdict: Verdict | null): void {
    if (!item) return;
    if (verdict !== null) {
      correct(item.uri, verdict);
      announce(`${baseOf(item.uri)}: ${t.dataset.youSay(wordFor(verdict))}`);
    }
    setAt(Math.min(items.length, at + 1));
  }

  function press(key: string): boolean {
    const found = answers.find(([one]) => one === key);
    if (key === BACK) setAt(Math.max(0, at - 1));
    else if (item && (found || key === SKIP_KEY)) judge(found ? found[1] : null);
    else return false;
    return true;
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons do the same
    <section
      ref={place}
      className="panel review"
      aria-label={t.dataset.review}
      tabIndex={-1}
      onKeyDown={onKey}
    >
      <p className="quiet">
        {t.dataset.reviewed(done, items.length)} {t.dataset.keys(keys.filter(([key]) => key))}
      </p>
      {item ? <Judged item={item} verdict={corrections[item.uri]} /> : <p>{t.dataset.finished}</p>}
      <div className="actions">
        {answers.map(([key, verdict]) => (
          <button key={verdict} type="button" disabled={!item} onClick={() => judge(verdict)}>
            {key && <kbd>{key}</kbd>} {wordFor(verdict)}
          </button>
        ))}
        <button type="button" disabled={!item} onClick={() => judge(null)}>
          <kbd>{SKIP_KEY}</kbd> {t.dataset.skip}
        </button>
        <button type="button" disabled={at === 0} onClick={() => press(BACK)}>
          {t.dataset.back}
        </button>
        <button type="button" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </section>
  );
}

function Judged({ item, verdict }: { item: Item; verdict: Verdict | undefined }) {
  return (
    <>
      <h3 dir="auto">{item.uri}</h3>
      <Picture key={item.uri} item={item} />
      <p>
        {t.dataset.modelSays(wordsOf(item))}
        {verdict && ` ${t.dataset.youSay(wordFor(verdict))}`}
      </p>
    </>
  );
}

function wordFor(verdict: Verdict): string {
  return verdict === UNDECIDED ? t.dataset.undecided : verdict;
}

function wordsOf({ told }: Item): string {
  if (!told) return t.dataset.noAnswer;
  if (told.confidence === null) return told.outcome.replaceAll("_", " ");
  return `${told.label ?? t.kinds.uncertain}, ${percent(told.confidence)}`;
}
