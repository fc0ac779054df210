import type { SandboxContext } from '../../service.js';
import { textAt } from '../providers/answers.js';
import type { DynamicSources, SecretRequest } from '../template/dynamic-references.js';
import { ResourceFailure } from './resource-failure.js';

/** Reads secrets and parameters through the sandbox's own services. */
export function dynamicSources(context: SandboxContext): DynamicSources {
  return {
    readSecret: (request) => readSecret(context, request),
    readSsm: async (name, version) => {
      const answer = await context.call('ssm', 'GetParameter', {
        Name: version === undefined ? name : `${name}:${version}`,
      });
      return textAt(answer, 'Parameter', 'Value');
    },
  };
}

async function readSecret(context: SandboxContext, request: SecretRequest): Promise<string> {
  const answer = await context.call('secretsmanager', 'GetSecretValue', {
    SecretId: request.secretId,
    ...(request.versionId !== undefined && { VersionId: request.versionId }),
    ...(request.versionStage !== undefined && { VersionStage: request.versionStage }),
  });
  const text = textAt(answer, 'SecretString');
  return request.key === undefined ? text : memberOf(text, request.key);
}

function memberOf(text: string, key: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ResourceFailure('Could not parse SecretString JSON');
  }
  const value: unknown =
    typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)).get(key) : undefined;
  if (value === undefined)
    throw new ResourceFailure(`Could not find a value associated with JSONKey in SecretString`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
