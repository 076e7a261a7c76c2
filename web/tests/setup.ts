/** What jsdom lacks. */
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

if (typeof window !== "undefined") {
  let count = 0;
  URL.createObjectURL = () => `blob:test/${++count}`;
  URL.revokeObjectURL = () => undefined;
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
  window.scrollTo = () => undefined;
  afterEach(() => {
    cleanup();
    sessionStorage.clear();
    location.hash = "";
    vi.unstubAllGlobals();
  });
}
