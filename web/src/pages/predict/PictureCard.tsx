import { removePicture } from "../../session/store";
import type { Picture } from "../../session/types";
import { CardActions } from "./CardActions";
import { Preview } from "./Preview";
import { Result } from "./Result";

interface Props {
  picture: Picture;
  onRetry: () => void;
}

export function PictureCard({ picture, onRetry }: Props) {
  const { name, url, progress, place, id } = picture;
  const faces = progress.step === "answered" ? progress.answer.faces : [];
  return (
    <li className="card" aria-busy={progress.step !== "answered" && progress.step !== "failed"}>
      <Preview url={url} name={name} faces={faces} />
      <div className="result">
        <div className="card-head">
          <h2>{name}</h2>
          <button
            type="button"
            className="remove"
            aria-label={`Remove ${name}`}
            onClick={() => removePicture(id)}
          >
            ×
          </button>
        </div>
        <Result progress={progress} place={place} />
        <CardActions picture={picture} onRetry={onRetry} />
      </div>
    </li>
  );
}
