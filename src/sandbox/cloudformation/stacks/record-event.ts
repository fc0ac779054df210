import type { SandboxContext } from '../../service.js';
import { randomUuid } from '../engine/random-text.js';
import type { Stack, StackResource } from './stack.js';

/** Puts the stack into a status and writes its event. */
export function setStackStatus(
  context: SandboxContext,
  stack: Stack,
  status: string,
  reason?: string,
  token?: string,
): void {
  stack.status = status;
  stack.reason = reason;
  stack.events.push({
    id: randomUuid(context.random),
    at: context.clock.now(),
    logicalId: stack.name,
    physicalId: stack.id,
    type: 'AWS::CloudFormation::Stack',
    status,
    reason,
    properties: undefined,
    token,
  });
}

/** Writes the event of a resource as it stands. */
export function recordResourceEvent(stack: Stack, resource: StackResource, token: string | undefined): void {
  stack.events.push({
    id: `${resource.logicalId}-${resource.status}-${resource.updatedAt.toISOString()}`,
    at: resource.updatedAt,
    logicalId: resource.logicalId,
    physicalId: resource.physicalId ?? '',
    type: resource.type,
    status: resource.status,
    reason: resource.reason,
    properties: JSON.stringify(maskNoEcho(stack, resource.properties)),
    token,
  });
}

/** NoEcho values never leave the stack: they read `****` wherever they stand. */
export function maskNoEcho<T>(stack: Stack, value: T): unknown {
  const secrets = [...(stack.settings?.parameters.values() ?? [])]
    .filter(({ noEcho, given }) => noEcho && given !== '')
    .map(({ given }) => given);
  if (secrets.length === 0) return value;
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string'
      ? secrets.reduce((text, secret) => text.replaceAll(secret, '****'), inner)
      : inner,
  );
}
