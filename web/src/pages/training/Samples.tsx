import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { useCapabilities } from "../../api/capabilities";
import { LABELS } from "../../api/labels";
import { announce } from "../../session/announce";
import { t } from "../../words/en";
import { LabelBin } from "./LabelBin";
import { Pool } from "./Pool";
import { POOL } from "./query";
import {
  createSample,
  freeSample,
  sendAll,
  useFaceCheck,
  type Outcome,
  type Sample,
} from "./samples";

/** Labelled pictures for the next training; these the service does keep. */
export function Samples() {
  const [samples, setSamples] = useState<Sample[]>([]);
  const [keepFaceless, setKeepFaceless] = useState(false);
  const [done, setDone] = useState(0);
  const offered = useCapabilities();
  const queries = useQueryClient();
  useFaceCheck(samples, setSamples);
  const faceless = samples.filter(({ face }) => face === "none");
  const wanted = keepFaceless ? samples : samples.filter(({ face }) => face !== "none");
  const unchecked = samples.filter(({ face }) => face === "unchecked");
  const sending = useMutation({
    mutationFn: () => sendAll(wanted, setDone),
    onSuccess: (outcome) => {
      for (const sample of wanted) freeSample(sample);
      setSamples((all) => all.filter((sample) => !wanted.includes(sample)));
      announce(t.training.summary(outcome.added, outcome.known, outcome.refused.length));
      return queries.invalidateQueries({ queryKey: POOL });
    },
  });

  if (offered?.samples === false) return <p className="notice">{t.off.samples}</p>;

  async function add(files: File[], label: string): Promise<void> {
    for (const file of files) {
      const sample = await createSample(file, label);
      setSamples((all) => [...all, sample]);
    }
  }

  function remove(sample: Sample): void {
    freeSample(sample);
    setSamples((all) => all.filter((one) => one !== sample));
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    setDone(0);
    sending.mutate();
  }

  return (
    <form className="panel" onSubmit={submit}>
      <h2>{t.training.addTitle}</h2>
      <p className="quiet">{t.training.addWhy}</p>
      <div className="bins">
        {LABELS.map((label) => (
          <LabelBin
            key={label}
            label={label}
            samples={samples.filter((sample) => sample.label === label)}
            onFiles={(files) => void add(files, label)}
            onRemove={remove}
          />
        ))}
      </div>
      {unchecked.length > 0 && <p className="quiet">{t.training.checking(unchecked.length)}</p>}
      {faceless.length > 0 && (
        <p className="warn">
          {t.training.faceless(faceless.length)}{" "}
          <label className="choice">
            <input
              type="checkbox"
              checked={keepFaceless}
              onChange={({ target }) => setKeepFaceless(target.checked)}
            />
            {t.training.keepFaceless}
          </label>
        </p>
      )}
      <p className="actions">
        <button
          type="submit"
          className="primary"
          disabled={wanted.length === 0 || unchecked.length > 0 || sending.isPending}
        >
          {t.training.add(wanted.length)}
        </button>
      </p>
      {sending.isPending && (
        <progress aria-label={t.training.sent} value={done} max={wanted.length} />
      )}
      {sending.data && <Summary {...sending.data} />}
      <Pool />
    </form>
  );
}

function Summary({ added, known, refused }: Outcome) {
  return (
    <div>
      <p>{t.training.summary(added, known, refused.length)}</p>
      <ul className="bad">
        {refused.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
