import type { SandboxClock, ScriptedState } from '../service.js';
import type { Resource } from './resources.js';

/**
 * States that a test dictates: stuck, failing, or unknown to everybody. They are shown in place of the real one, and
 * count wherever an action asks for the state. A state for something that does not exist yet waits for it.
 */
export class ScriptedStates {
  readonly #waiting = new Map<string, ScriptedState>();
  readonly #shown = new Map<string, ScriptedState>();
  /** Whose a state is that counts for one resource only. */
  readonly #owners = new WeakMap<ScriptedState, Resource>();

  constructor(private readonly clock: SandboxClock) {}

  /** An empty state takes the script back. */
  script(state: ScriptedState, exists: boolean): void {
    const key = keyOf(state.resource, state.identifier);
    this.#waiting.delete(key);
    this.#shown.delete(key);
    if (state.state === '') return;
    this.#waiting.set(key, state);
    if (exists) this.#begin(key);
  }

  /** To be told of every new resource. */
  appeared(resource: Resource): void {
    this.#begin(keyOf(resource.kind, resource.identifier));
  }

  statusOf(resource: Resource): string {
    const state = this.#shown.get(keyOf(resource.kind, resource.identifier));
    return state === undefined || !this.#isOf(state, resource) ? resource.status : state.state;
  }

  #isOf(state: ScriptedState, resource: Resource): boolean {
    if (state.once !== true) return true;
    if (!this.#owners.has(state)) this.#owners.set(state, resource);
    return this.#owners.get(state) === resource && resource.status !== 'deleting';
  }

  #begin(key: string): void {
    const state = this.#waiting.get(key);
    if (!state) return;
    if (!state.after) this.#shown.set(key, state);
    else
      void this.clock
        .after(state.after)
        .then(() => this.#waiting.get(key) === state && this.#shown.set(key, state));
  }
}

const keyOf = (kind: string, identifier: string): string => `${kind}/${identifier.toLowerCase()}`;
