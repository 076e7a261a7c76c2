/** Keeps the page for use without a network, where the browser offers that: over https or here. */

const PATIENCE_MS = 5000;

/** Not while developing, where files change under their names. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const address = new URL("sw.js", document.baseURI);
  // Without it everything works but for what is done offline.
  navigator.serviceWorker.register(address).catch(() => undefined);
}

/** Resolves once what this page loads is kept, or when there is no use in waiting longer. */
export async function untilKept(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return;
  await new Promise<void>((resolve) => {
    serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });
}
