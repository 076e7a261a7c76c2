import { memo } from "react";

import { isDone } from "../../session/types";
import { t } from "../../words/en";
import { shortOf, summaryOf } from "../../words/verdict";
import type { CardProps } from "./PictureCard";
import { Preview } from "./Preview";
import { RemoveButton } from "./RemoveButton";
import { anchorOf } from "./useScrollToNewest";

/** A picture and its answer in a line, for many pictures at once. */
export const Tile = memo(function Tile({ picture, threshold, onOpen }: CardProps) {
  const { id, name, progress } = picture;
  const words = summaryOf(picture, threshold);
  return (
    <li id={anchorOf(id)} className="tile" aria-busy={!isDone(picture)}>
      <button
        type="button"
        className="opener"
        aria-label={`${t.enlarge(name)}. ${words}`}
        onClick={() => onOpen(id)}
      >
        <Preview picture={picture} />
        <span className={progress.step === "failed" ? "tile-words bad" : "tile-words"}>
          {shortOf(picture, threshold)}
        </span>
        <span className="tile-name" dir="auto">
          {name}
        </span>
      </button>
      <RemoveButton picture={picture} />
    </li>
  );
});
