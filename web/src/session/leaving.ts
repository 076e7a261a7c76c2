/** Leaving or reloading the page would lose what was answered, so the browser asks first. */
import { useEffect } from "react";

import { usePictures } from "./store";

export function useKeptFromLeaving(): void {
  const some = usePictures().length > 0;
  useEffect(() => {
    if (!some) return undefined;
    const ask = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [some]);
}
