import type { ReactNode } from "react";

interface Props {
  label: string;
  busy?: boolean;
  children: ReactNode;
}

/** A table that scrolls sideways where it is too wide, by keyboard too. */
export function ScrollTable({ label, busy = false, children }: Props) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keyboards scroll what has focus
    <div className="scroll" role="region" aria-label={label} aria-busy={busy} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
