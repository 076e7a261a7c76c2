/** Files that are dropped on or pasted into any page: the page in view takes them, else the first. */
import { useEffect, useEffectEvent, useState } from "react";

import { addFiles } from "./judge";
import { readOptions } from "./options";

/** Where files of dropped folders lay in them; browsers do not tell it by themselves. */
const paths = new WeakMap<File, string>();

/** The path of a file below the folder that was chosen or dropped, else its name. */
export function pathOf(file: File): string {
  return paths.get(file) ?? (file.webkitRelativePath || file.name);
}

export type Take = (files: File[]) => void;

/** Of the pages in view that want files themselves, the innermost last. */
const takers: Take[] = [];

/** While the component is in view, dropped files are its own. */
export function useOwnDrops(take: Take): void {
  const taker = useEffectEvent(take);
  useEffect(() => {
    const own: Take = (files) => taker(files);
    takers.push(own);
    return () => {
      takers.splice(takers.indexOf(own), 1);
    };
  }, []);
}

function hand(files: File[]): void {
  const taker = takers.at(-1);
  if (files.length === 0) return;
  if (taker) {
    taker(files);
    return;
  }
  location.hash = "#/predict";
  addFiles(files, readOptions());
}

/** Listens on the whole window; true while files hover above it. */
export function useFilesFromAnywhere(): boolean {
  const [hovering, setHovering] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setHovering(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setHovering(false);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setHovering(false);
      void filesIn(event.dataTransfer).then(hand);
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", drop, { signal });
    addEventListener("paste", (event) => hand([...(event.clipboardData?.files ?? [])]), { signal });
    return () => stop.abort();
  }, []);
  return hovering;
}

/** The files of a drop, those in folders among them, in the order of their names. */
async function filesIn(data: DataTransfer): Promise<File[]> {
  const files = [...data.files];
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found: File[] = [];
  for (const [index, entry] of entries.entries()) {
    found.push(...(entry?.isDirectory ? await walk(entry) : files.slice(index, index + 1)));
  }
  return found;
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    paths.set(file, entry.fullPath.replace(/^\//, ""));
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    // Browsers give a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  inside.sort((one, other) => one.name.localeCompare(other.name));
  const found: File[] = [];
  for (const one of inside) found.push(...(await walk(one)));
  return found;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
