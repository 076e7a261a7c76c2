import type { Face } from "../../api/client";
import { percent } from "../../words/format";

/** How likely each label is, for one face; numbered where there are several. */
export function Bars({ face, number }: { face: Face; number: number | null }) {
  return (
    <dl className="bars" aria-label={number ? `Face ${number}` : "Probabilities"}>
      {number && (
        <div className="face-title">
          <dt>Face {number}</dt>
          <dd>{face.prediction ?? "uncertain"}</dd>
        </div>
      )}
      {(["female", "male"] as const).map((label) => (
        <div key={label} className={label === face.prediction ? "bar chosen" : "bar"}>
          <dt>{label}</dt>
          <dd>
            <Meter share={face.probabilities[label]} label={`Probability of ${label}`} />
            <span>{percent(face.probabilities[label])}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Meter({ share, label }: { share: number; label: string }) {
  return (
    <svg
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={share}
      aria-valuetext={percent(share)}
    >
      <rect width={`${100 * share}%`} height="100%" />
    </svg>
  );
}
