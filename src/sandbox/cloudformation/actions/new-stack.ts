import { AwsError, type AwsStruct } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import { randomUuid } from '../engine/random-text.js';
import type { Stack } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { flag, requiredText } from './request.js';

/** Makes the record of a new stack and stores it. Throws `AlreadyExistsException` or `ValidationError`. */
export function newStack(env: Environment, input: AwsStruct): Stack {
  const name = requiredText(input, 'StackName');
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  if (env.store.find(name))
    throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`, 400);
  const { context } = env;
  const stack: Stack = {
    id: `arn:aws:cloudformation:${context.region}:${context.accountId}:stack/${name}/${randomUuid(context.random)}`,
    name,
    createdAt: context.clock.now(),
    updatedAt: undefined,
    deletedAt: undefined,
    status: 'REVIEW_IN_PROGRESS',
    reason: undefined,
    settings: undefined,
    resources: new Map(),
    outputs: [],
    imports: new Set(),
    events: [],
    changeSets: new Map(),
    isCancelled: false,
    disableRollback: flag(input, 'DisableRollback'),
    terminationProtection: flag(input, 'EnableTerminationProtection'),
    policy: undefined,
    pendingRollback: undefined,
    tokens: new Map(),
    changeSetId: undefined,
    drift: { status: 'NOT_CHECKED', at: undefined },
  };
  env.store.add(stack);
  return stack;
}
