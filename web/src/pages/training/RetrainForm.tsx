import { useState, type SyntheticEvent } from "react";

import { useKeyCapabilities } from "../../api/capabilities";
import { FailureNote } from "../../components/FailureNote";
import { t } from "../../words/en";
import { useRetrain } from "./query";

export function RetrainForm() {
  const { data } = useKeyCapabilities();
  const sources = data?.training_sources ?? [];
  const recipes = data?.recipes ?? [];
  const [source, setSource] = useState("");
  const [recipe, setRecipe] = useState("");
  const [promote, setPromote] = useState(true);
  const retrain = useRetrain();
  if (data && sources.length === 0) return <p className="notice">{t.off.training}</p>;

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    const chosen = source || sources[0];
    retrain.mutate({ promote, ...(chosen && { source: chosen }), ...(recipe && { recipe }) });
  }

  return (
    <form className="panel" onSubmit={submit}>
      <h2>{t.training.startTitle}</h2>
      <div className="toolbar">
        <Choice label={t.training.source} options={sources} value={source} onChange={setSource} />
        <Choice label={t.training.recipe} options={recipes} value={recipe} onChange={setRecipe} />
        <label className="choice">
          <input
            type="checkbox"
            checked={promote}
            onChange={({ target }) => setPromote(target.checked)}
          />
          {t.training.promote}
        </label>
        <button type="submit" className="primary" disabled={retrain.isPending}>
          {t.training.start}
        </button>
      </div>
      <FailureNote error={retrain.error} />
      {retrain.isSuccess && <p role="status">{t.training.queued(retrain.data.id)}</p>}
    </form>
  );
}

interface ChoiceProps {
  label: string;
  options: string[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <label className="choice">
      {label}
      <select value={value || options[0]} onChange={({ target }) => onChange(target.value)}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
