import { save } from "../../api/save";
import { clearPictures } from "../../session/store";
import { toCsv, toJson } from "../../session/table";
import { isDone, type Picture } from "../../session/types";

export function SessionBar({ pictures }: { pictures: readonly Picture[] }) {
  const done = pictures.filter(isDone).length;
  const download = (text: string, name: string, type: string) =>
    save(new Blob([text], { type }), name);
  return (
    <div className="session">
      <p role="status">
        {done} of {pictures.length} {pictures.length === 1 ? "photo" : "photos"} done
      </p>
      <p className="actions">
        <button
          type="button"
          onClick={() => download(toCsv(pictures), "genderlens.csv", "text/csv")}
        >
          Download CSV
        </button>
        <button
          type="button"
          onClick={() => download(toJson(pictures), "genderlens.json", "application/json")}
        >
          Download JSON
        </button>
        <button type="button" onClick={clearPictures}>
          Clear
        </button>
      </p>
    </div>
  );
}
