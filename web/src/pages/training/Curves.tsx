import type { Schemas } from "../../api/client";
import { spoken } from "../../words/format";

type Epoch = Schemas["Epoch"];
type Figure = Exclude<keyof Epoch, "epoch" | "seconds">;
type Point = [epoch: number, value: number];

const WIDTH = 240;
const HEIGHT = 80;
const EDGE = 6;
const FIGURES: Figure[] = [
  "train_loss",
  "calibration_loss",
  "train_accuracy",
  "calibration_accuracy",
  "calibration_auroc",
  "learning_rate",
];

/** One small chart per figure that was measured. */
export function Curves({ epochs }: { epochs: Epoch[] }) {
  const curves = FIGURES.map((name) => ({ name, points: pointsOf(epochs, name) }));
  return (
    <div className="curves">
      {curves.map(
        ({ name, points }) => points.length > 0 && <Curve key={name} name={name} points={points} />,
      )}
    </div>
  );
}

function pointsOf(epochs: Epoch[], name: Figure): Point[] {
  return epochs.flatMap((one): Point[] => {
    const value = one[name];
    return value == null ? [] : [[one.epoch, value]];
  });
}

function Curve({ name, points }: { name: string; points: Point[] }) {
  const last = points.at(-1)?.[1] ?? 0;
  const places = scale(points);
  return (
    <figure className="curve">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${spoken(name)} over ${points.length} epochs, ${last.toFixed(4)} at the end`}
      >
        <polyline points={places.map((place) => place.join(",")).join(" ")} />
        {places.slice(-1).map(([x, y]) => (
          <circle key={x} cx={x} cy={y} r="3" />
        ))}
      </svg>
      <figcaption>
        {spoken(name)} <strong>{last.toFixed(4)}</strong>
      </figcaption>
    </figure>
  );
}

/** Points to pixels, their whole range fitted into the chart. */
function scale(points: Point[]): Point[] {
  const fit = (value: number, range: number[], size: number) => {
    const low = Math.min(...range);
    const spread = Math.max(...range) - low || 1;
    return EDGE + ((value - low) / spread) * (size - 2 * EDGE);
  };
  const epochs = points.map(([epoch]) => epoch);
  const values = points.map(([, value]) => value);
  return points.map(([epoch, value]) => [
    fit(epoch, epochs, WIDTH),
    HEIGHT - fit(value, values, HEIGHT),
  ]);
}
