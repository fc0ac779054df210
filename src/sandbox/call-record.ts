import type { AwsStruct, AwsValue } from './service.js';

/** One call as it came over the wire; kept in order, shown by `GET /_sandbox/calls`. */
export interface CallRecord {
  readonly seq: number;
  /** ISO time of arrival. */
  readonly at: string;
  readonly service: string;
  readonly action: string;
  readonly mutating: boolean;
  /** Why a call counts as it does where that is not plain from its name. */
  readonly note?: string;
  readonly region: string;
  /** HTTP status; 0 when the connection was dropped or the call hangs. */
  readonly status: number;
  readonly code?: string;
  /** Access key id of the caller. */
  readonly principal: string;
  readonly requestId: string;
  /** The scripted fault that struck this call. */
  readonly fault?: string;
  /** The request with secrets replaced by `****`. */
  readonly input: AwsStruct;
}

const readingVerbs =
  /^(Describe|Get|Head|List|Lookup|Filter|Search|Validate|Estimate|Detect|Test|Simulate|Preview|Batch(Get|Check))/;

/** True when an action changes something, told by its verb. */
export function isMutating(action: string): boolean {
  return !readingVerbs.test(action);
}

const notes: Readonly<Record<string, string>> = {
  CreateChangeSet: 'makes a change set, which changes no resource until it is executed',
};

export function noteOf(action: string): string | undefined {
  return notes[action];
}

const secretMember = /^(.*password|secretstring|secretbinary|authparameter|body)$/i;
const secretName = /password|secret|token/i;
const longestText = 2048;

/** A copy of a request without passwords, secret strings, secure parameters, contents of objects and template bodies. */
export function withoutSecrets(input: AwsStruct): AwsStruct {
  const secure = input.Type === 'SecureString';
  const secretParameter = typeof input.ParameterKey === 'string' && secretName.test(input.ParameterKey);
  const hides = (key: string): boolean =>
    (secretMember.test(key) && key !== 'ManageMasterUserPassword') ||
    (secure && key === 'Value') ||
    (secretParameter && key === 'ParameterValue');
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, hides(key) ? '****' : valueWithoutSecrets(value)]),
  );
}

function valueWithoutSecrets(value: AwsValue): AwsValue {
  if (typeof value === 'string') return shortened(value);
  if (Array.isArray(value)) return value.map((item: AwsValue) => valueWithoutSecrets(item));
  return isStruct(value) ? withoutSecrets(value) : value;
}

function shortened(text: string): string {
  return text.length > longestText ? `[${String(text.length)} characters]` : text;
}

function isStruct(value: AwsValue): value is AwsStruct {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
