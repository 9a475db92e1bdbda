/** AWS keys. They are held in memory only, for as long as the object that was given them. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Needed with temporary keys. */
  sessionToken?: string;
}

/** Keys, or a function that fetches them each time they are needed. */
export type CredentialsInput = Credentials | (() => Credentials | Promise<Credentials>);

/** Every error of this package. */
export interface KvsError extends Error {
  name: "KvsError";
  /** Stable and dotted, the culprit first: `keys.wrongSecret`, `service.channelNotFound`, … */
  code: string;
  /** What to do about it. */
  hint: string;
  /** Whether the same call may succeed when made again. */
  retryable: boolean;
  /** What led to it, where that is known. */
  cause?: unknown;
  /** With `service.refused`: what may be behind it, the likeliest first. */
  likely?: string[];
}

/** This package's version. */
export function version(): string;
