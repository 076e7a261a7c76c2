/** Asks again where another try may help, as late as the service says. */

export interface Patience {
  /** How often to ask again; 4 where nothing is said. */
  retries?: number;
  /** The longest wait that is borne, in seconds; 60 where nothing is said. */
  mostWaitS?: number;
  /** What asks; the `fetch` of the platform where nothing is said. */
  fetch?: typeof globalThis.fetch;
}

const PASSING = new Set([429, 502, 503, 504]);
const FIRST_S = 0.5;

/** A `fetch` that honours `Retry-After`; what it is given is sent anew each time. */
export function patientFetch(patience: Patience = {}): (request: Request) => Promise<Response> {
  const { retries = 4, mostWaitS = 60, fetch = globalThis.fetch } = patience;
  return async (request) => {
    for (let tried = 1; ; tried += 1) {
      const again = tried <= retries ? request.clone() : undefined;
      const reply = await attempt(fetch, request, again === undefined);
      const waitS = reply ? askedWait(reply) : doubled(tried);
      const passing = reply === undefined || PASSING.has(reply.status);
      const borne = (waitS ?? doubled(tried)) <= mostWaitS;
      if (reply && (!passing || again === undefined || !borne)) return reply;
      await reply?.body?.cancel();
      await pause(waitS ?? doubled(tried), request.signal);
      request = again ?? request;
    }
  };
}

/** The reply; undefined where nobody answered and that is not the last try. */
async function attempt(
  fetch: typeof globalThis.fetch,
  request: Request,
  last: boolean,
): Promise<Response | undefined> {
  try {
    return await fetch(request);
  } catch (error) {
    if (last || request.signal.aborted) throw error;
    return undefined;
  }
}

/** Seconds that the service asks to wait for, as a number or as a date. */
function askedWait(reply: Response): number | undefined {
  const said = reply.headers.get("retry-after");
  if (said === null) return undefined;
  const seconds = Number(said);
  const asked = Number.isFinite(seconds) ? seconds : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(asked) ? Math.max(0, asked) : undefined;
}

/** Doubles each time, with some chance in it, so that many clients do not come at once. */
function doubled(tried: number): number {
  return FIRST_S * 2 ** (tried - 1) * (0.5 + Math.random() / 2);
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const end = setTimeout(done, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(end);
      fail(signal.reason as Error);
    });
  });
}
