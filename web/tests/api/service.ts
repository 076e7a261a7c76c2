/** A service of a few lines: answers to requests by method and path, and what was asked. */
import { vi } from "vitest";

export type Routes = Record<string, (request: Request) => Response | Promise<Response>>;

export interface Service {
  asked: Request[];
}

export function json(body: unknown, status = 200): Response {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "content-type": type } });
}

export function problem(status: number, code: string, more: object = {}): Response {
  const detail = `detail of ${code}`;
  return json({ type: "urn:x", title: code, status, detail, code, ...more }, status);
}

/** Stands in for fetch; what is not listed answers 404, as a service without that part does. */
export function stubService(routes: Routes): Service {
  const service: Service = { asked: [] };
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    service.asked.push(request);
    const { pathname } = new URL(request.url);
    const route = routes[`${request.method} ${pathname}`];
    return route ? route(request) : problem(404, "not_found");
  });
  return service;
}
