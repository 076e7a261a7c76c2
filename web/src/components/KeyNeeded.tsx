import { useCapabilities } from "../api/capabilities";
import { useKey } from "../api/key";
import { t } from "../words/en";
import { openKeyDialog } from "./KeyDialog";

/** Says on the first screen that a key is needed. */
export function KeyNeeded() {
  const needed = useCapabilities()?.keys_needed;
  const key = useKey();
  if (!needed || key) return null;
  return (
    <div className="notice key-needed">
      <p>
        <strong>{t.key.needed}</strong> {t.key.after}
      </p>
      <button type="button" onClick={openKeyDialog}>
        {t.key.enter}
      </button>
    </div>
  );
}
