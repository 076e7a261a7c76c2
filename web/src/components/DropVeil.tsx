import { useFilesFromAnywhere } from "../session/drops";
import { t } from "../words/en";

/** Says over the whole page that what hovers may be dropped. */
export function DropVeil() {
  const hovering = useFilesFromAnywhere();
  if (!hovering) return null;
  return <div className="veil">{t.dropHere}</div>;
}
