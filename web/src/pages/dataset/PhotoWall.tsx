import { useEffect, useRef, useState } from "react";

import { t } from "../../words/en";
import { percent } from "../../words/format";
import { baseOf, type Item, type Verdict } from "./items";
import { useThumb } from "./thumbs";

interface Props {
  items: readonly Item[];
  corrections: Readonly<Record<string, Verdict>>;
  onOpen: (item: Item) => void;
}

const TILE_PX = 112;
const ROW_PX = 148;
/** Rows beyond the edges, so that a scroll step finds them made. */
const SPARE_ROWS = 2;

/** All photos as thumbnails; only the rows in view exist. */
export function PhotoWall({ items, corrections, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height, width }, setView] = useState({ top: 0, height: 600, width: 900 });
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const measure = () =>
      setView({ top: place.scrollTop, height: place.clientHeight, width: place.clientWidth });
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(place);
    place.addEventListener("scroll", measure, { passive: true });
    return () => {
      watcher.disconnect();
      place.removeEventListener("scroll", measure);
    };
  }, []);
  const columns = Math.max(1, Math.floor(width / TILE_PX));
  const rows = Math.ceil(items.length / columns);
  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS);
  const last = Math.min(rows, Math.ceil((top + height) / ROW_PX) + SPARE_ROWS);
  const shown = items.slice(first * columns, last * columns);
  return (
    <div className="wall" ref={box} role="region" aria-label={t.dataset.all}>
      <ul style={{ height: rows * ROW_PX }}>
        {shown.map((item, index) => {
          const at = first * columns + index;
          const place = { x: (at % columns) * TILE_PX, y: Math.floor(at / columns) * ROW_PX };
          return (
            <li
              key={item.uri}
              aria-setsize={items.length}
              aria-posinset={at + 1}
              style={{ transform: `translate(${place.x}px, ${place.y}px)` }}
            >
              <Tile item={item} verdict={corrections[item.uri]} onOpen={onOpen} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface TileProps {
  item: Item;
  verdict: Verdict | undefined;
  onOpen: (item: Item) => void;
}

function Tile({ item, verdict, onOpen }: TileProps) {
  const url = useThumb(item.file);
  const name = baseOf(item.uri);
  return (
    <button
      type="button"
      className={verdict ? "opener corrected" : "opener"}
      aria-label={`${t.dataset.reviewPhoto(name)}. ${verdict ?? shortTold(item)}`}
      onClick={() => onOpen(item)}
    >
      {url ? <img src={url} alt="" /> : <span className="frame broken">{t.dataset.noPhoto}</span>}
      <span className="tile-words">{verdict ? `✓ ${verdict}` : shortTold(item)}</span>
      <span className="tile-name" dir="auto">
        {name}
      </span>
    </button>
  );
}

function shortTold({ told }: Item): string {
  if (!told) return t.none;
  const words = told.label ?? t.kinds.uncertain;
  return told.confidence === null
    ? told.outcome.replaceAll("_", " ")
    : `${words} ${percent(told.confidence, 0)}`;
}
