import type { MouseEvent } from "react";

import { announce } from "../../session/announce";
import { remove } from "../../session/judge";
import type { Picture } from "../../session/types";
import { t } from "../../words/en";

const KIND = "remove";

/** Takes the picture out and ends its request; the focus goes to the next one's button. */
export function RemoveButton({ picture: { id, name } }: { picture: Picture }) {
  function press({ currentTarget }: MouseEvent<HTMLButtonElement>): void {
    const buttons = [...document.querySelectorAll<HTMLElement>(`button.${KIND}`)];
    const at = buttons.indexOf(currentTarget);
    const next = buttons[at + 1] ?? buttons[at - 1] ?? document.getElementById("main");
    remove(new Set([id]));
    next?.focus({ preventScroll: true });
    announce(t.removed(1));
  }
  return (
    <button type="button" className={KIND} aria-label={t.removeNamed(name)} onClick={press}>
      {t.remove}
    </button>
  );
}
