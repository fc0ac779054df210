import { validationError } from './template-error.js';
import {
  isTemplateList,
  isTemplateObject,
  type TemplateObject,
  type TemplateValue,
} from './template-value.js';

/** Readers behind dynamic references. Each throws when the thing is not there. */
export interface DynamicSources {
  readSecret(request: SecretRequest): Promise<string>;
  readSsm(name: string, version: string | undefined): Promise<string>;
}

/** `{{resolve:secretsmanager:id:SecretString:key:stage:versionId}}`; `id` may be an ARN. */
export interface SecretRequest {
  readonly secretId: string;
  readonly key?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

const reference = /\{\{resolve:([a-z-]+):([^{}]*)\}\}/g;

/** Replaces every dynamic reference in a value ("Get values stored in other services using dynamic references"). */
export async function resolveDynamicReferences(
  value: TemplateObject,
  sources: DynamicSources,
): Promise<TemplateObject> {
  const resolved = await resolveValue(value, sources);
  return isTemplateObject(resolved) ? resolved : {};
}

async function resolveValue(value: TemplateValue, sources: DynamicSources): Promise<TemplateValue> {
  if (typeof value === 'string') return resolveText(value, sources);
  if (isTemplateList(value)) return Promise.all(value.map((item) => resolveValue(item, sources)));
  if (!isTemplateObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, inner]) => [key, await resolveValue(inner, sources)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string, sources: DynamicSources): Promise<string> {
  let resolved = '';
  let from = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, service = '', body = ''] = match;
    resolved += text.slice(from, match.index) + (await resolveOne(service, body, sources));
    from = match.index + whole.length;
  }
  return resolved + text.slice(from);
}

async function resolveOne(service: string, body: string, sources: DynamicSources): Promise<string> {
  if (service === 'secretsmanager') return sources.readSecret(secretRequest(body));
  if (service !== 'ssm')
    throw validationError(`Dynamic reference service ${service} is not supported by the sandbox`);
  const [, name = body, version] = /^(.*?)(?::(\d+))?$/.exec(body) ?? [];
  return sources.readSsm(name, version);
}

function secretRequest(body: string): SecretRequest {
  const arn = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*/.exec(body)?.[0];
  const secretId = arn ?? body.split(':')[0] ?? '';
  const [kind = 'SecretString', key = '', versionStage = '', versionId = ''] = body
    .slice(secretId.length + 1)
    .split(':');
  if (kind !== '' && kind !== 'SecretString')
    throw validationError(
      `Incorrect format is used in the following dynamic reference: [${body}]: only SecretString is supported`,
    );
  if (versionStage !== '' && versionId !== '')
    throw validationError(
      `Could not parse SecretString JSON: give a version stage or a version id, not both`,
    );
  return {
    secretId,
    ...(key !== '' && { key }),
    ...(versionStage !== '' && { versionStage }),
    ...(versionId !== '' && { versionId }),
  };
}
