import { useState } from "react";

import { spoken } from "../../words/format";
import type { Job } from "./query";

type Progress = Job["progress"];

const WIDTH = 240;
const HEIGHT = 80;
const EDGE = 6;

/** One small chart per figure, grown from what was seen while this page was open. */
export function Curves({ progress }: { progress: Progress }) {
  const [seen, setSeen] = useState<Progress[]>([]);
  if (progress.epoch > (seen.at(-1)?.epoch ?? 0)) setSeen([...seen, progress]);
  const names = Object.keys(progress.figures ?? {});
  return (
    <div className="curves">
      {names.map((name) => (
        <Curve
          key={name}
          name={name}
          points={seen.flatMap(({ epoch, figures }) => toPoint(epoch, figures?.[name]))}
        />
      ))}
    </div>
  );
}

type Point = [epoch: number, value: number];

function toPoint(epoch: number, value: number | undefined): Point[] {
  return value === undefined ? [] : [[epoch, value]];
}

function Curve({ name, points }: { name: string; points: Point[] }) {
  const last = points.at(-1)?.[1];
  return (
    <figure className="curve">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${spoken(name)}, ${points.length} epochs seen`}
      >
        <polyline
          points={scale(points)
            .map((point) => point.join(","))
            .join(" ")}
        />
        {scale(points.slice(-1), points).map(([x, y]) => (
          <circle key={x} cx={x} cy={y} r="3" />
        ))}
      </svg>
      <figcaption>
        {spoken(name)} <strong>{last?.toFixed(4) ?? "–"}</strong>
      </figcaption>
    </figure>
  );
}

/** Points to pixels, the whole range of `all` fitted into the chart. */
function scale(points: Point[], all: Point[] = points): Point[] {
  const epochs = all.map(([epoch]) => epoch);
  const values = all.map(([, value]) => value);
  const fit = (value: number, range: number[], size: number) => {
    const low = Math.min(...range);
    const spread = Math.max(...range) - low || 1;
    return EDGE + ((value - low) / spread) * (size - 2 * EDGE);
  };
  return points.map(([epoch, value]) => [
    fit(epoch, epochs, WIDTH),
    HEIGHT - fit(value, values, HEIGHT),
  ]);
}
