import { resolve } from 'node:path';
import type { Config } from './schema.js';

/** The configuration with its file names made absolute: they are relative to the file that names them. */
export function resolvePaths(config: Config, directory: string): Config {
  const { deploy } = config.target;
  const { tls, dump } = config;
  return {
    ...config,
    target: {
      ...config.target,
      deploy: {
        ...deploy,
        ...absolute('template', deploy.template, directory),
        ...absolute('commandTemplate', deploy.commandTemplate, directory),
      },
    },
    ...(dump === undefined ? {} : { dump: { ...dump, ...absolute('directory', dump.directory, directory) } }),
    ...(tls === undefined ? {} : { tls: { ...tls, ...absolute('caFile', tls.caFile, directory) } }),
  };
}

function absolute<Key extends string>(
  key: Key,
  path: string | undefined,
  directory: string,
): { [K in Key]?: string } {
  const entry: { [K in Key]?: string } = {};
  if (path !== undefined) entry[key] = resolve(directory, path);
  return entry;
}
