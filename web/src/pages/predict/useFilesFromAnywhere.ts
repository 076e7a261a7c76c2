import { useEffect, useEffectEvent, useState } from "react";

/** Takes files that are dropped on or pasted into the page; true while some hover above it. */
export function useFilesFromAnywhere(onFiles: (files: Iterable<File>) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const take = useEffectEvent((files: FileList | undefined) => {
    if (files?.length) onFiles([...files]);
  });
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const over = (event: DragEvent) => {
      event.preventDefault();
      setHovering(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setHovering(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setHovering(false);
      take(event.dataTransfer?.files);
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", drop, { signal });
    addEventListener("paste", (event) => take(event.clipboardData?.files), { signal });
    return () => stop.abort();
  }, []);
  return hovering;
}
