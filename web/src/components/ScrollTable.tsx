import type { ReactNode } from "react";

interface Props {
  label: string;
  busy?: boolean;
  /** On narrow screens each row becomes a card; its cells carry their heads as `data-label`. */
  stacks?: boolean;
  children: ReactNode;
}

/** A table that scrolls sideways where it is too wide, by keyboard too. */
export function ScrollTable({ label, busy = false, stacks = false, children }: Props) {
  return (
    <div
      className={stacks ? "scroll stacks" : "scroll"}
      role="region"
      aria-label={label}
      aria-busy={busy}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keyboards scroll what has focus
      tabIndex={0}
    >
      <table>{children}</table>
    </div>
  );
}
