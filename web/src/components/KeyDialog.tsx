import { useQueryClient } from "@tanstack/react-query";
import { useRef, type SyntheticEvent } from "react";

import { useKey, writeKey } from "../api/key";

/** Takes the API key; it stays in this tab and is gone when the tab is closed. */
export function KeyDialog() {
  const key = useKey();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();

  function choose(next: string): void {
    writeKey(next);
    dialog.current?.close();
    void queries.invalidateQueries();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    choose(field.current?.value.trim() ?? "");
  }

  return (
    <>
      <button type="button" className="quiet-button" onClick={() => dialog.current?.showModal()}>
        {key ? "API key set" : "API key"}
      </button>
      <dialog ref={dialog} aria-labelledby="key-title">
        <form onSubmit={submit}>
          <h2 id="key-title">API key</h2>
          <p>
            Only needed where the service asks for one. It is kept in this tab alone and forgotten
            when you close it.
          </p>
          <label>
            Key
            <input
              ref={field}
              type="password"
              autoComplete="off"
              spellCheck={false}
              defaultValue={key}
            />
          </label>
          <p className="actions">
            <button type="submit" className="primary">
              Use this key
            </button>
            <button type="button" onClick={() => choose("")} disabled={!key}>
              Forget it
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
