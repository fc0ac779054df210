import { AwsError } from '../../service.js';
import { randomUuid } from './random-text.js';

/** A resource could not be brought where it should be; `message` is what its event says. */
export class ResourceFailure extends Error {}

/** Handler error codes by the ending of a service's error code ("Handler error codes", CloudFormation CLI guide). */
const handlerCodes: readonly (readonly [RegExp, string])[] = [
  [/AlreadyExists|ResourceExists|Duplicate|EntityAlreadyExists/, 'AlreadyExists'],
  [/NotFound|NoSuchEntity/, 'NotFound'],
  [/AccessDenied|Unauthorized|NotAuthorized/, 'AccessDenied'],
  [/Throttl|RequestLimit/, 'Throttling'],
  [/Quota|LimitExceeded/, 'ServiceLimitExceeded'],
  [/Conflict|InUse|DependencyViolation/, 'ResourceConflict'],
  [/Invalid|Validation|Malformed|Missing/, 'InvalidRequest'],
];

const serviceNames: Readonly<Record<string, string>> = {
  'AWS::RDS': 'Rds',
  'AWS::SecretsManager': 'SecretsManager',
  'AWS::EC2': 'Ec2',
  'AWS::Logs': 'CloudWatchLogs',
  'AWS::ECS': 'Ecs',
  'AWS::SSM': 'Ssm',
  'AWS::CloudWatch': 'CloudWatch',
  'AWS::IAM': 'Iam',
  'AWS::ApplicationAutoScaling': 'ApplicationAutoScaling',
};

/** Words an error of a service as CloudFormation's resource handlers do. */
export function handlerMessage(error: unknown, type: string, random: () => number): string {
  if (error instanceof ResourceFailure) return error.message;
  if (!(error instanceof AwsError))
    return `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
  if (error.code === 'ValidationError' && error.message.startsWith('Template')) return error.message;
  const code = handlerCodes.find(([pattern]) => pattern.test(error.code))?.[1] ?? 'GeneralServiceException';
  const service = serviceNames[type.split('::').slice(0, 2).join('::')] ?? type;
  return (
    `Resource handler returned message: "${error.message} (Service: ${service}, Status Code: ${error.status}, ` +
    `Request ID: ${randomUuid(random)})" (RequestToken: ${randomUuid(random)}, HandlerErrorCode: ${code})`
  );
}

/** A handler's own refusal, with no service behind it. */
export function handlerRefusal(message: string, code: string, random: () => number): ResourceFailure {
  return new ResourceFailure(
    `Resource handler returned message: "${message}" (RequestToken: ${randomUuid(random)}, HandlerErrorCode: ${code})`,
  );
}
