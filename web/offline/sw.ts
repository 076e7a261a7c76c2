/**
 * The service worker: the page, and private mode once it was loaded, work without a network.
 *
 * A build brings a cache of its own, and its worker removes those of the builds before it as soon as
 * no tab shows them any more. The networks outlive a build; a new model replaces the old one.
 */
import { networksOf, placeOf, type Place } from "./place";

declare const self: ServiceWorkerGlobalScope & {
  /** Written above this script by the build. */
  PAGE: { version: string; files: string[] };
};

const PREFIX = "genderlens-";
const PAGE = `${PREFIX}page-${self.PAGE.version}`;
const MODEL = `${PREFIX}model`;
const SCOPE = self.registration.scope;

self.addEventListener("install", (event) => {
  const files = [SCOPE, ...self.PAGE.files.map((file) => new URL(file, SCOPE).href)];
  event.waitUntil(caches.open(PAGE).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOtherBuilds().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const place = placeOf(event.request.method, event.request.url, SCOPE);
  if (place) event.respondWith(answer(event.request, place));
});

async function forgetOtherBuilds(): Promise<void> {
  const gone = (await caches.keys()).filter(
    (name) => name.startsWith(PREFIX) && name !== PAGE && name !== MODEL,
  );
  await Promise.all(gone.map((name) => caches.delete(name)));
}

function answer(request: Request, place: Place): Promise<Response> {
  switch (place) {
    case "asset":
      return keptFirst(request, PAGE);
    case "network":
      return keptFirst(request, MODEL);
    case "page":
      return freshFirst(request, PAGE);
    case "facts":
      return freshFirst(request, MODEL, forgetOtherNetworks);
  }
}

/** What is kept; from the network where nothing is, or where the page found the kept one wrong. */
async function keptFirst(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(name);
  const kept = request.cache === "reload" ? undefined : await find(cache, request);
  if (kept) return kept;
  const found = await fetch(request);
  if (found.status === 200) await cache.put(request, found.clone());
  return found;
}

/** From the network; what is kept where nobody answers or the server is failing. */
async function freshFirst(
  request: Request,
  name: string,
  onFound?: (cache: Cache, found: Response) => Promise<void>,
): Promise<Response> {
  const cache = await caches.open(name);
  const found = await fetch(request).catch(() => null);
  if (found?.status === 200) {
    await cache.put(withoutSearch(request), found.clone());
    await onFound?.(cache, found.clone());
  }
  if (found && found.status < 500) return found;
  return (await find(cache, withoutSearch(request))) ?? found ?? Response.error();
}

/** The page is the same whatever stands behind the ? of its address. */
function withoutSearch({ url }: Request): string {
  const address = new URL(url);
  return address.origin + address.pathname;
}

function find(cache: Cache, request: RequestInfo): Promise<Response | undefined> {
  return cache.match(request, { ignoreVary: true });
}

async function forgetOtherNetworks(cache: Cache, facts: Response): Promise<void> {
  const wanted = new Set([
    facts.url,
    ...networksOf(await facts.json()).map((file) => at(facts, file)),
  ]);
  const gone = (await cache.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(gone.map((request) => cache.delete(request)));
}

function at({ url }: Response, file: string): string {
  return new URL(file, url).href;
}
