import { announce } from "../../session/announce";
import { undo } from "../../session/judge";
import { useRemoved } from "../../session/store";
import { t } from "../../words/en";

/** What was just removed can be brought back for a while. */
export function UndoBar() {
  const count = useRemoved().length;
  if (count === 0) return null;
  function bring(): void {
    undo();
    announce(t.undone(count));
  }
  return (
    <p className="notice undo">
      <span>{t.removed(count)}</span>
      <button type="button" onClick={bring}>
        {t.undo}
      </button>
    </p>
  );
}
