import { useState, type SyntheticEvent } from "react";

import { FailureNote } from "../../components/FailureNote";
import { useRetrain } from "./query";

export function RetrainForm() {
  const [source, setSource] = useState("");
  const [recipe, setRecipe] = useState("");
  const [promote, setPromote] = useState(true);
  const retrain = useRetrain();

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    retrain.mutate({ promote, ...(source && { source }), ...(recipe && { recipe }) });
  }

  return (
    <form className="panel" onSubmit={submit}>
      <h2>Start a retraining</h2>
      <div className="toolbar">
        <label className="choice">
          Source
          <input
            value={source}
            maxLength={64}
            placeholder="the only one"
            onChange={({ target }) => setSource(target.value)}
          />
        </label>
        <label className="choice">
          Recipe
          <input
            value={recipe}
            maxLength={64}
            placeholder="the usual one"
            onChange={({ target }) => setRecipe(target.value)}
          />
        </label>
        <label className="choice">
          <input
            type="checkbox"
            checked={promote}
            onChange={({ target }) => setPromote(target.checked)}
          />
          Promote where the gates hold
        </label>
        <button type="submit" className="primary" disabled={retrain.isPending}>
          Start
        </button>
      </div>
      <FailureNote error={retrain.error} />
      {retrain.isSuccess && <p role="status">Queued as {retrain.data.id}.</p>}
    </form>
  );
}
