import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { asFailure } from "../../api/failure";
import { addSample } from "../../api/upload";
import { Pool } from "./Pool";
import { POOL } from "./query";

interface Outcome {
  added: number;
  known: number;
  /** What was refused, with the service's reason. */
  refused: string[];
}

async function sendAll(
  files: File[],
  label: string,
  onDone: (count: number) => void,
): Promise<Outcome> {
  const outcome: Outcome = { added: 0, known: 0, refused: [] };
  for (const [index, file] of files.entries()) {
    try {
      const { new: isNew } = await addSample(file, label);
      outcome[isNew ? "added" : "known"] += 1;
    } catch (error) {
      outcome.refused.push(`${file.name}: ${asFailure(error).message}`);
    }
    onDone(index + 1);
  }
  return outcome;
}

/** Labelled pictures for the next training; these the service does keep. */
export function Samples() {
  const [files, setFiles] = useState<File[]>([]);
  const [label, setLabel] = useState("female");
  const [done, setDone] = useState(0);
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: () => sendAll(files, label, setDone),
    onSuccess: () => queries.invalidateQueries({ queryKey: POOL }),
  });

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    setDone(0);
    sending.mutate();
  }

  return (
    <form className="panel" onSubmit={submit}>
      <h2>Add labelled pictures</h2>
      <p className="quiet">
        These are kept for training, unlike photos on the page “Predict”. Send only what you may.
      </p>
      <div className="toolbar">
        <label className="choice">
          Pictures
          <input
            type="file"
            multiple
            accept="image/*"
            onChange={({ target }) => setFiles([...(target.files ?? [])])}
          />
        </label>
        <label className="choice">
          People say
          <select value={label} onChange={({ target }) => setLabel(target.value)}>
            <option value="female">female</option>
            <option value="male">male</option>
          </select>
        </label>
        <button type="submit" disabled={files.length === 0 || sending.isPending}>
          Add {files.length || ""} {files.length === 1 ? "picture" : "pictures"}
        </button>
      </div>
      {sending.isPending && <progress aria-label="Sent" value={done} max={files.length} />}
      {sending.data && <Summary {...sending.data} />}
      <Pool />
    </form>
  );
}

function Summary({ added, known, refused }: Outcome) {
  return (
    <div role="status">
      <p>
        {added} added, {known} known already, {refused.length} refused.
      </p>
      <ul className="bad">
        {refused.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
