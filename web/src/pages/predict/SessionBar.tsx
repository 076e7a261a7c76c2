import { save } from "../../api/save";
import { announce } from "../../session/announce";
import { clear, judge } from "../../session/judge";
import { toCsv, toJson } from "../../session/table";
import { isDone, type Picture } from "../../session/types";
import { tally, useView } from "../../session/view";
import { t } from "../../words/en";
import { kindWords } from "../../words/verdict";
import { Threshold } from "./Threshold";
import { ViewTools } from "./ViewTools";

interface Props {
  pictures: readonly Picture[];
  /** The threshold of the model that answers. */
  own: number | null;
}

export function SessionBar({ pictures, own }: Props) {
  const { threshold } = useView();
  const done = pictures.filter(isDone).length;
  const failed = pictures.filter(({ progress }) => progress.step === "failed");
  const kinds = tally(pictures, threshold);
  const several = pictures.length > 1;
  return (
    <div className={several ? "session" : "session single"}>
      <p className="tally">
        <span>{t.doneOf(done, pictures.length)}</span>
        {several &&
          kinds.map(([kind, count]) => (
            <span key={kind} className="count">
              <strong>{count}</strong> {kindWords(kind)}
            </span>
          ))}
      </p>
      {several && <ViewTools kinds={kinds} count={pictures.length} />}
      <p className="actions">
        {failed.length > 1 && (
          <button
            type="button"
            className="primary"
            onClick={() => failed.forEach((picture) => void judge(picture))}
          >
            {t.retryFailed(failed.length)}
          </button>
        )}
        <button type="button" onClick={() => download(toCsv(pictures), "csv", "text/csv")}>
          {t.downloadCsv}
        </button>
        <button
          type="button"
          onClick={() => download(toJson(pictures), "json", "application/json")}
        >
          {t.downloadJson}
        </button>
        <button type="button" onClick={() => clearAll(pictures.length)}>
          {t.clear}
        </button>
      </p>
      {own !== null && <Threshold own={own} />}
    </div>
  );
}

function download(text: string, suffix: string, type: string): void {
  save(new Blob([text], { type }), `genderlens.${suffix}`);
}

/** The focus goes to the start of the page, for its button is gone. */
function clearAll(count: number): void {
  clear();
  announce(t.removed(count));
  document.getElementById("main")?.focus({ preventScroll: true });
}
