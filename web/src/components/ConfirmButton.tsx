import { useEffect, useState } from "react";

interface Props {
  label: string;
  question: string;
  /** Tells it from others of the same label. */
  name?: string;
  disabled?: boolean;
  onConfirm: () => void;
}

const PATIENCE_MS = 4000;

/** A button that acts on the second press; the first one asks. */
export function ConfirmButton({ label, question, name, disabled = false, onConfirm }: Props) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setTimeout(() => setAsked(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [asked]);

  function press(): void {
    if (asked) onConfirm();
    setAsked(!asked);
  }

  return (
    <button
      type="button"
      className={asked ? "danger" : ""}
      aria-label={asked ? undefined : name}
      disabled={disabled}
      onClick={press}
    >
      {asked ? question : label}
    </button>
  );
}
