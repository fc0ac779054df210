import { createHash } from 'node:crypto';
import type { RunFiles } from '../../src/process/run-files.js';

/** The folder of a run. */
export class FakeRunFiles implements RunFiles {
  readonly texts = new Map<string, string>();

  readonly write = (name: string, text: string): Promise<string> => {
    this.texts.set(name, text);
    return Promise.resolve(this.sha256(text));
  };

  readonly read = (name: string): Promise<{ text: string; sha256: string } | undefined> => {
    const text = this.texts.get(name);
    return Promise.resolve(text === undefined ? undefined : { text, sha256: this.sha256(text) });
  };

  readonly pathOf = (name: string): string => `/run/${name}`;

  sha256(text: string): string {
    return createHash('sha256').update(text).digest('hex');
  }
}
