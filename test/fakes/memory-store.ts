import type { JsonObject } from '../../src/journal/json.js';
import type { SharedObject, SharedStore } from '../../src/journal/shared-store.js';

interface Kept {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly at: number;
}

/** A shared store in memory, whose clock stands until a test moves it. Leases are renewed only when they are asked. */
export class MemoryStore implements SharedStore {
  readonly name = 's3://memory/rds2aurora';
  readonly kept = new Map<string, Kept>();
  private seconds = 0;
  private writes = 0;

  /** Time goes on, and whoever holds a lease sleeps through it. */
  sleep(seconds: number): void {
    this.seconds += seconds;
  }

  get(key: string): SharedObject | undefined {
    const found = this.kept.get(key);
    return found === undefined
      ? undefined
      : { bytes: found.bytes, etag: found.etag, ageSeconds: this.seconds - found.at };
  }

  getAll(keys: readonly string[]): readonly Uint8Array[] {
    return keys.map((key) => {
      const found = this.kept.get(key);
      if (found === undefined) throw new Error(`${key} is listed and not there`);
      return found.bytes;
    });
  }

  list(prefix: string): readonly string[] {
    return [...this.kept.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  create(key: string, bytes: Uint8Array): boolean {
    if (this.kept.has(key)) return false;
    this.put(key, bytes);
    return true;
  }

  put(key: string, bytes: Uint8Array): void {
    this.writes += 1;
    this.kept.set(key, { bytes, etag: String(this.writes), at: this.seconds });
  }

  replace(key: string, etag: string, state: JsonObject): boolean {
    if (this.kept.get(key)?.etag !== etag) return false;
    this.put(key, Buffer.from(JSON.stringify({ nonce: String(this.writes), ...state })));
    return true;
  }

  lease(key: string, etag: string | undefined, state: JsonObject, seconds: number) {
    const write = (next: JsonObject): string | undefined => {
      if (this.kept.get(key)?.etag !== mine) return undefined;
      this.put(key, Buffer.from(JSON.stringify({ nonce: String(this.writes), ...next })));
      proven = this.seconds;
      return this.kept.get(key)?.etag;
    };
    let proven = this.seconds;
    let mine = etag;
    mine = write(state);
    if (mine === undefined) return undefined;
    return {
      isHeld: () => {
        if (mine !== undefined && this.seconds - proven >= seconds) mine = write(state);
        return mine !== undefined;
      },
      release: (end: JsonObject) => void write(end),
    };
  }
}
