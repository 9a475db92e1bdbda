// Every error is told by one class.
import { KvsError } from "kvs-webrtc";

export function describe(error: unknown): string {
  // @ts-expect-error it may be anything before it is looked at
  error.code;
  if (!(error instanceof KvsError)) return "another";
  const name: "KvsError" = error.name;
  const code: string = error.code;
  const again: boolean = error.retryable;
  const likely: string[] = error.likely ?? [];
  const cause: unknown = error.cause;
  // @ts-expect-error what caused it may be anything
  cause.message;
  return [name, code, error.hint, error.message, again, ...likely].join(" ");
}

// @ts-expect-error the package makes its errors itself
new KvsError();
