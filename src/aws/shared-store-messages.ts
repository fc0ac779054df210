import type { MessagePort } from 'node:worker_threads';
import type { JsonObject } from '../journal/json.js';
import type { SharedObject } from '../journal/shared-store.js';
import {
  CredentialsError,
  MigrationError,
  PreconditionError,
  StoppedError,
  UsageError,
  type ErrorDetails,
} from '../errors.js';
import type { S3Place } from './s3-objects.js';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly place: S3Place;
  readonly region: string;
  readonly version: string;
  readonly profile?: string;
  readonly deadlineMs: number;
  /** One Int32: the number of the last request that was answered. */
  readonly answered: SharedArrayBuffer;
  /** Orders come and replies go here. */
  readonly port: MessagePort;
}

/** What the main thread asks for. Leases are told by numbers that it gives them. */
export type Order =
  | { readonly do: 'get'; readonly key: string }
  | { readonly do: 'getAll'; readonly keys: readonly string[] }
  | { readonly do: 'list'; readonly prefix: string }
  | { readonly do: 'create'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly do: 'put'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly do: 'replace'; readonly key: string; readonly etag: string; readonly state: JsonObject }
  | {
      readonly do: 'lease';
      readonly lease: number;
      readonly key: string;
      readonly etag: string | undefined;
      readonly state: JsonObject;
      readonly seconds: number;
      /** See `LeaseClock`. */
      readonly cell: SharedArrayBuffer;
    }
  | { readonly do: 'renew'; readonly lease: number }
  | { readonly do: 'release'; readonly lease: number; readonly state: JsonObject };

export interface Numbered {
  readonly id: number;
  readonly order: Order;
}

/** What came of it; which of the values it is follows from the order. */
export type Result = SharedObject | readonly Uint8Array[] | readonly string[] | boolean | undefined;
export type Reply = { readonly id: number } & ({ readonly result: Result } | { readonly error: PlainError });

/** The classes that decide an exit code, by name. */
const classes = { CredentialsError, MigrationError, PreconditionError, StoppedError, UsageError };

/** An error as it crosses between threads, where classes are lost. */
export interface PlainError {
  readonly kind: keyof typeof classes;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof MigrationError)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'MigrationError', code: 'SharedStateFailed', message, details: {} };
  }
  const { code, message, why, next, resource, requestId, resumable } = error;
  const details = {
    ...{ next: [...next], resumable },
    ...(why === undefined ? {} : { why }),
    ...(resource === undefined ? {} : { resource }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  return { kind: isKind(error.name) ? error.name : 'MigrationError', code, message, details };
}

export function fromPlainError({ kind, code, message, details }: PlainError): MigrationError {
  return new classes[kind](code, message, details);
}

function isKind(name: string): name is PlainError['kind'] {
  return Object.hasOwn(classes, name);
}
