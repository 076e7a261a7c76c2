import { useState } from "react";

import type { Face } from "../../api/client";

interface Props {
  url: string;
  name: string;
  faces: readonly Face[];
}

interface Size {
  width: number;
  height: number;
}

/** The picture, upright, and its boxes; the frame's size never changes. */
export function Preview({ url, name, faces }: Props) {
  const [size, setSize] = useState<Size | "broken" | null>(null);
  if (size === "broken") return <div className="frame broken">No preview</div>;
  return (
    <div className="frame">
      <img
        src={url}
        alt={name}
        onLoad={({ currentTarget: image }) =>
          setSize({ width: image.naturalWidth, height: image.naturalHeight })
        }
        onError={() => setSize("broken")}
      />
      {size && <Boxes size={size} faces={faces} />}
    </div>
  );
}

/** Drawn in pixels of the picture, and fitted into the frame as the picture is. */
export function Boxes({ size, faces }: { size: Size; faces: readonly Face[] }) {
  return (
    <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      {faces.map(
        ({ box }, index) =>
          box && <FaceBox key={index} box={box} number={faces.length > 1 ? index + 1 : null} />,
      )}
    </svg>
  );
}

function FaceBox({ box, number }: { box: number[]; number: number | null }) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const shape = { x: left, y: top, width: right - left, height: bottom - top };
  return (
    <>
      <rect {...shape} className="box-edge" />
      <rect {...shape} className="box" />
      {number && (
        <text x={left} y={top} dy="-0.2em" className="box-number" fontSize={shape.height / 4}>
          {number}
        </text>
      )}
    </>
  );
}
