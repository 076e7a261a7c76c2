import { ApiFailure } from "../../api/failure";
import { adviseOn } from "../../words/advice";
import { t } from "../../words/en";
import { percent } from "../../words/format";
import { headlineOf } from "../../words/verdict";
import type { Pair } from "./query";

interface Props {
  pair: Pair;
  first: string;
  second: string;
}

/** One photo, and what either version says of it. */
export function Row({ pair, first, second }: Props) {
  const { name, url } = pair;
  const gap = gapOf(pair, first, second);
  const different = differs(pair, first, second);
  return (
    <tr className={different ? "differs" : ""}>
      <th scope="row">
        {url && <img className="thumb" src={url} alt="" />}
        <span dir="auto">{name}</span>
      </th>
      <td>{wordsOf(pair, first)}</td>
      <td>{wordsOf(pair, second)}</td>
      <td className="number">
        {gap === null ? t.none : percent(gap)}
        {different && <span className="tag">{t.compare.differs}</span>}
      </td>
    </tr>
  );
}

function wordsOf({ answers }: Pair, version: string): string {
  const answer = answers[version];
  if (!answer) return t.going(t.underway.waiting);
  if (answer instanceof ApiFailure) return adviseOn(answer.code, answer.message).title;
  return answer.faces.length > 0 ? headlineOf(answer, null) : adviseOn(answer.outcome).title;
}

/** Whether both answered, and not with the same label or outcome. */
export function differs({ answers }: Pair, first: string, second: string): boolean {
  const [one, other] = [answers[first], answers[second]];
  if (!one || !other || one instanceof ApiFailure || other instanceof ApiFailure) return false;
  return one.outcome !== other.outcome || one.prediction !== other.prediction;
}

/** Between the probabilities; null where either is missing. */
function gapOf({ answers }: Pair, first: string, second: string): number | null {
  const [one, other] = [first, second].map((version) => {
    const answer = answers[version];
    return answer && !(answer instanceof ApiFailure) ? answer.probabilities : null;
  });
  if (!one || !other) return null;
  const theirs: Record<string, number> = other;
  return Math.max(
    ...Object.entries(one).map(([label, share]) => Math.abs(share - (theirs[label] ?? 0))),
  );
}
