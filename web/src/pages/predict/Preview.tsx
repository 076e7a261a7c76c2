import type { Face } from "../../api/client";
import type { Picture, Size } from "../../session/types";
import { t } from "../../words/en";

/** The small copy of a picture and its boxes; the frame's size never changes. */
export function Preview({ picture: { sketch, name, progress } }: { picture: Picture }) {
  if (sketch === "broken") return <span className="frame broken">{t.noPreview}</span>;
  const faces = progress.step === "answered" ? progress.answer.faces : [];
  return (
    <span className="frame">
      {sketch && (
        <>
          <img src={sketch.url} alt={name} decoding="async" />
          <Boxes size={sketch.size} faces={faces} />
        </>
      )}
    </span>
  );
}

/** Of the picture's longer side: large enough to be read in a small copy, too. */
const NUMBER_SHARE = 0.05;

/** Drawn in pixels of the picture, and fitted into the frame as the picture is. */
export function Boxes({ size, faces }: { size: Size; faces: readonly Face[] }) {
  const letter = NUMBER_SHARE * Math.max(size.width, size.height);
  return (
    <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      {faces.map(({ box }, index) => box && <FaceBox key={index} box={box} />)}
      {faces.length > 1 &&
        faces.map(
          ({ box }, index) =>
            box && <Number key={index} box={box} number={index + 1} letter={letter} />,
        )}
    </svg>
  );
}

function FaceBox({ box }: { box: number[] }) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const shape = { x: left, y: top, width: right - left, height: bottom - top };
  return (
    <>
      <rect {...shape} className="box-edge" />
      <rect {...shape} className="box" />
    </>
  );
}

interface NumberProps {
  box: number[];
  number: number;
  /** Height of a letter in pixels of the picture. */
  letter: number;
}

/** A number on a ground of its own, within the picture wherever the face is. */
function Number({ box, number, letter }: NumberProps) {
  const [left = 0, top = 0] = box;
  const x = Math.max(left, letter * 0.6);
  const y = Math.max(top, letter * 0.7);
  return (
    <>
      <circle cx={x} cy={y} r={letter * 0.62} className="box-ground" />
      <text x={x} y={y} dy="0.36em" textAnchor="middle" className="box-number" fontSize={letter}>
        {number}
      </text>
    </>
  );
}
