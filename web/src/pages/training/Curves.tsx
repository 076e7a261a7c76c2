import type { Schemas } from "../../api/client";
import { t } from "../../words/en";
import { spoken } from "../../words/format";

type Epoch = Schemas["Epoch"];
type Figure = Exclude<keyof Epoch, "epoch" | "seconds">;
type Point = [epoch: number, value: number];

interface Line {
  name: Figure;
  points: Point[];
}

const WIDTH = 280;
const HEIGHT = 130;
const LEFT = 46;
const BOTTOM = 22;
const EDGE = 8;
/** What belongs into one chart, because it has one unit. */
const CHARTS: Figure[][] = [
  ["train_loss", "calibration_loss"],
  ["train_accuracy", "calibration_accuracy"],
  ["calibration_auroc"],
  ["learning_rate"],
];

/** A small chart per unit, with axes, and a legend for its lines. */
export function Curves({ epochs }: { epochs: Epoch[] }) {
  const charts = CHARTS.map((names) =>
    names
      .map((name): Line => ({ name, points: pointsOf(epochs, name) }))
      .filter(({ points }) => points.length > 0),
  );
  return (
    <div className="curves">
      {charts.map((lines) => lines[0] && <Chart key={lines[0].name} lines={lines} />)}
    </div>
  );
}

function pointsOf(epochs: Epoch[], name: Figure): Point[] {
  return epochs.flatMap((one): Point[] => {
    const value = one[name];
    return value == null ? [] : [[one.epoch, value]];
  });
}

function Chart({ lines }: { lines: Line[] }) {
  const every = lines.flatMap(({ points }) => points);
  const across = rangeOf(every.map(([epoch]) => epoch));
  const up = rangeOf(every.map(([, value]) => value));
  const words = lines.map((line) => wordsOf(line));
  const place = ([epoch, value]: Point) => [
    fit(epoch, across, LEFT + EDGE, WIDTH - EDGE),
    fit(value, up, HEIGHT - BOTTOM - EDGE, EDGE),
  ];
  return (
    <figure className="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.join("; ")}>
        <path className="axis" d={`M${LEFT} 0V${HEIGHT - BOTTOM}H${WIDTH}`} />
        <text x={LEFT - 4} y={EDGE + 4} textAnchor="end">
          {short(up[1])}
        </text>
        <text x={LEFT - 4} y={HEIGHT - BOTTOM - EDGE + 4} textAnchor="end">
          {short(up[0])}
        </text>
        <text x={LEFT + EDGE} y={HEIGHT - 5} textAnchor="middle">
          {across[0]}
        </text>
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 5} textAnchor="middle">
          {t.training.curveAxis}
        </text>
        <text x={WIDTH - EDGE} y={HEIGHT - 5} textAnchor="middle">
          {across[1]}
        </text>
        {lines.map(({ name, points }, index) => (
          <g key={name} className={`line-${index}`}>
            <polyline points={points.map((point) => place(point).join(",")).join(" ")} />
            {points.slice(-1).map((point) => (
              <circle key={name} cx={place(point)[0]} cy={place(point)[1]} r="3" />
            ))}
          </g>
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name, points }, index) => (
          <span key={name} className={`key-${index}`}>
            {spoken(name)} <strong>{short(points.at(-1)?.[1] ?? 0)}</strong>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function wordsOf({ name, points }: Line): string {
  return t.training.curve(spoken(name), points.length, points.at(-1)?.[1] ?? 0);
}

function rangeOf(values: number[]): [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}

function fit(value: number, [low, high]: [number, number], from: number, to: number): number {
  return from + ((value - low) / (high - low || 1)) * (to - from);
}

function short(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : value.toFixed(3);
}
