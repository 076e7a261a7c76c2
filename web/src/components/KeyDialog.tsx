import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, type SyntheticEvent } from "react";

import { tryKey } from "../api/capabilities";
import { asFailure } from "../api/failure";
import { useKey, writeKey } from "../api/key";
import { createCell } from "../session/cell";
import { t } from "../words/en";

const wanted = createCell(0);

export function openKeyDialog(): void {
  wanted.write(wanted.read() + 1);
}

/** Takes the API key once the service knows it; it stays in this tab. */
export function KeyDialog() {
  const key = useKey();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const asked = wanted.use();
  const queries = useQueryClient();
  const trial = useMutation({
    mutationFn: async (next: string) => (await tryKey(next), next),
    onSuccess: choose,
  });
  useEffect(() => {
    if (asked > 0) dialog.current?.showModal();
  }, [asked]);

  function choose(next: string): void {
    writeKey(next);
    dialog.current?.close();
    void queries.invalidateQueries();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    const next = field.current?.value.trim() ?? "";
    if (next) trial.mutate(next);
  }

  return (
    <>
      <button type="button" className="quiet-button" onClick={openKeyDialog}>
        {key ? t.key.set : t.key.title}
      </button>
      <dialog ref={dialog} aria-labelledby="key-title" onClose={trial.reset}>
        <form onSubmit={submit}>
          <h2 id="key-title">{t.key.title}</h2>
          <p>{t.key.why}</p>
          <label>
            {t.key.label}
            <input
              ref={field}
              type="password"
              autoComplete="off"
              spellCheck={false}
              defaultValue={key}
              required
              aria-invalid={trial.isError}
              aria-describedby={trial.isError ? "key-fault" : undefined}
            />
          </label>
          {trial.isError && (
            <p className="bad" id="key-fault" role="alert">
              {faultOf(trial.error)}
            </p>
          )}
          <p className="actions">
            <button type="submit" className="primary" disabled={trial.isPending}>
              {trial.isPending ? t.key.trying : t.key.use}
            </button>
            <button type="button" onClick={() => choose("")} disabled={!key}>
              {t.key.forget}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              {t.cancel}
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}

function faultOf(error: unknown): string {
  const { status, message } = asFailure(error);
  return status === 401 ? t.key.wrong : t.key.untried(message);
}
