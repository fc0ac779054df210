import type { JsonObject } from './json.js';

/** An object of a shared store. */
export interface SharedObject {
  readonly bytes: Uint8Array;
  /** Changes with every write of the object. */
  readonly etag: string;
  /** Seconds since it was last written, by the clock of the store alone; whole seconds, so up to one too many. */
  readonly ageSeconds: number;
}

/** A state object that this process has written and keeps renewing. */
export interface SharedLease {
  /**
   * Returns while nobody else can have taken it: at once when the last renewal is younger than the lease, else after
   * one more renewal.
   * @returns false when it was taken by somebody else
   */
  isHeld(): boolean;
  /** Ends the renewal and writes `state` in its place, unless it was taken meanwhile. */
  release(state: JsonObject): void;
}

/**
 * What several machines share: objects by key, below one prefix. Every call is synchronous and ends in bounded time.
 * @throws StoppedError when the store cannot be reached; CredentialsError when it refuses the caller
 */
export interface SharedStore {
  /** For people, e.g. `s3://bucket/prefix`. */
  readonly name: string;
  get(key: string): SharedObject | undefined;
  /** In the order of the keys. Throws when one is missing. */
  getAll(keys: readonly string[]): readonly Uint8Array[];
  /** All keys that start with it, in their order. */
  list(prefix: string): readonly string[];
  /** Makes an object that does not exist. False when there is one with other content. */
  create(key: string, bytes: Uint8Array): boolean;
  /** Writes an object, whether it exists or not, encrypted on the server. */
  put(key: string, bytes: Uint8Array): void;
  /** Replaces the object that has this etag. False when it has another one by now. */
  replace(key: string, etag: string, state: JsonObject): boolean;
  /**
   * Writes `state` over the object that has this etag (without one: where none exists) and renews it from then on.
   * Undefined when somebody else was quicker.
   */
  lease(key: string, etag: string | undefined, state: JsonObject, seconds: number): SharedLease | undefined;
}
