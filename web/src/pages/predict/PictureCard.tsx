import { memo } from "react";

import { isDone, type Picture } from "../../session/types";
import { t } from "../../words/en";
import { CardActions } from "./CardActions";
import { Preview } from "./Preview";
import { RemoveButton } from "./RemoveButton";
import { Result } from "./Result";
import { anchorOf } from "./useScrollToNewest";

export interface CardProps {
  picture: Picture;
  /** What the visitor asks for in place of the service's threshold, null for that. */
  threshold: number | null;
  /** Where the bars are marked. */
  limit: number | null;
  onOpen: (id: number) => void;
}

export const PictureCard = memo(function PictureCard(props: CardProps) {
  const { picture, onOpen } = props;
  const { id, name } = picture;
  return (
    <li id={anchorOf(id)} className="card" aria-busy={!isDone(picture)}>
      <button
        type="button"
        className="opener"
        aria-label={t.enlarge(name)}
        onClick={() => onOpen(id)}
      >
        <Preview picture={picture} />
      </button>
      <div className="result">
        <div className="card-head">
          <h2 dir="auto">{name}</h2>
          <RemoveButton picture={picture} />
        </div>
        <Result {...props} />
        <CardActions picture={picture} />
      </div>
    </li>
  );
});
