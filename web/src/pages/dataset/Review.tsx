import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { keyOf, LABELS } from "../../api/labels";
import { announce } from "../../session/announce";
import { t } from "../../words/en";
import { percent } from "../../words/format";
import { baseOf, correct, UNDECIDED, type Item, type Verdict } from "./items";
import { Picture } from "./Picture";

interface Props {
  /** In the order of the review. */
  items: readonly Item[];
  corrections: Readonly<Record<string, Verdict>>;
  /** Where it begins. */
  start: string;
  onClose: () => void;
}

const VERDICTS: Partial<Record<string, Verdict>> = {
  ...Object.fromEntries(LABELS.map((label) => [keyOf(label), label])),
  u: UNDECIDED,
};
const SKIP = "s";
/** What stands on the button of each key. */
const WORDS: Record<string, string> = {
  ...VERDICTS,
  u: t.dataset.undecided,
  [SKIP]: t.dataset.skip,
};
const BACK = "ArrowLeft";

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

  function press(key: string): boolean {
    const verdict = VERDICTS[key];
    if (key === BACK) setAt(Math.max(0, at - 1));
    else if (item && (verdict || key === SKIP)) {
      if (verdict) {
        correct(item.uri, verdict);
        announce(`${baseOf(item.uri)}: ${t.dataset.youSay(verdict)}`);
      }
      setAt(Math.min(items.length, at + 1));
    } else return false;
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
        {t.dataset.reviewed(done, items.length)} {t.dataset.keys(WORDS)}
      </p>
      {item ? <Judged item={item} verdict={corrections[item.uri]} /> : <p>{t.dataset.finished}</p>}
      <div className="actions">
        {Object.entries(WORDS).map(([key, word]) => (
          <button key={key} type="button" disabled={!item} onClick={() => press(key)}>
            <kbd>{key}</kbd> {word}
          </button>
        ))}
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
        {verdict && ` ${t.dataset.youSay(verdict)}`}
      </p>
    </>
  );
}

function wordsOf({ told }: Item): string {
  if (!told) return t.dataset.noAnswer;
  if (told.confidence === null) return told.outcome.replaceAll("_", " ");
  return `${told.label ?? t.kinds.uncertain}, ${percent(told.confidence)}`;
}
