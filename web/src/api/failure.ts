/** Why a request got no answer: the API's problem document, or that nothing came back. */
import { t } from "../words/en";

export interface Problem {
  code: string;
  detail: string;
  status: number;
}

export class ApiFailure extends Error {
  override readonly name = "ApiFailure";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly document: unknown = null,
  ) {
    super(message);
  }
}

/** Status 0: no answer came at all. */
export function unreachable(): ApiFailure {
  return new ApiFailure(0, "unreachable", t.failures.unreachable);
}

/** The failure that a response with a status of 400 and above means. */
export function failureOf(status: number, body: unknown): ApiFailure {
  if (isProblem(body)) return new ApiFailure(status, body.code, body.detail, body);
  return new ApiFailure(status, "unexpected", t.failures.status(status), body);
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}

/** Whatever was thrown, as a failure. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, "internal", error instanceof Error ? error.message : String(error));
}
