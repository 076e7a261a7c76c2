import { useEffect, useRef } from "react";

import { t } from "../../words/en";
import { baseOf, type Item } from "./items";

/** The photo under review; an empty frame where only a table is here. */
export function Picture({ item: { file, uri } }: { item: Item }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (!file || !image.current) return undefined;
    const url = URL.createObjectURL(file);
    image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [file]);
  if (!file) return <div className="frame broken reviewed">{t.dataset.noPhoto}</div>;
  return (
    <div className="frame reviewed">
      <img ref={image} alt={baseOf(uri)} />
    </div>
  );
}
