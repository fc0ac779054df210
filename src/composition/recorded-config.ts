import { configSchema, type Config } from '../config/schema.js';
import type { RunState } from '../journal/run-state.js';

/**
 * The configuration that the run was begun with, but for what may change between attempts; undefined when this version
 * cannot read it. The choices of a fresh start stand beside it, and are no part of it.
 */
export function recordedConfig({ header }: RunState): Config | undefined {
  const { fresh: _choices, ...config } = header.config;
  const parsed = configSchema.safeParse(config);
  return parsed.success ? parsed.data : undefined;
}
