import type { Face } from "../../api/client";
import { t } from "../../words/en";
import { percent } from "../../words/format";

interface Props {
  face: Face;
  /** What the face is called at the threshold; null where it is uncertain. */
  label: string | null;
  /** Where the bars are marked; nowhere where it is not known. */
  limit: number | null;
  /** Of the face, where there are several. */
  number: number | null;
}

/** How likely each label of the model is, for one face. */
export function Bars({ face, label, limit, number }: Props) {
  const labels = inOrder(Object.entries(face.probabilities));
  return (
    <dl className="bars" aria-label={number ? t.face(number) : t.probabilities}>
      {number && (
        <div className="face-title">
          <dt>{t.face(number)}</dt>
          <dd>{label ?? t.kinds.uncertain}</dd>
        </div>
      )}
      {labels.map(([name, share]) => (
        <div key={name} className={name === label ? "bar chosen" : "bar"}>
          <dt>{name}</dt>
          <dd>
            <Meter share={share} label={t.probabilityOf(name)} limit={limit} />
            <span>{percent(share)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Two labels by the alphabet, so that a bar keeps its place; of more the likeliest first. */
function inOrder(shares: [label: string, share: number][]): [label: string, share: number][] {
  return shares.sort(([one, share], [other, rest]) =>
    shares.length === 2 ? one.localeCompare(other) : rest - share,
  );
}

interface MeterProps {
  share: number;
  label: string;
  limit: number | null;
}

function Meter({ share, label, limit }: MeterProps) {
  return (
    <svg
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={share}
      aria-valuetext={
        limit === null ? percent(share) : `${percent(share)}, ${t.uncertainBelow(limit)}`
      }
    >
      <rect className="meter-ground" width="100%" height="12" y="3" rx="6" />
      <rect className="meter-share" width={`${100 * share}%`} height="12" y="3" rx="6" />
      {limit !== null && (
        <line className="meter-limit" x1={`${100 * limit}%`} x2={`${100 * limit}%`} y1="0" y2="18">
          <title>{t.uncertainBelow(limit)}</title>
        </line>
      )}
    </svg>
  );
}
