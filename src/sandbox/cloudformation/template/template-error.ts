import { AwsError } from '../../service.js';

/** CloudFormation's catch-all client error; the service has no model for it. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, 400);
}

/** The text is no template: bad YAML, bad JSON, a missing section, an unresolved name. */
export function templateFormatError(detail: string): AwsError {
  return validationError(`Template format error: ${detail}`);
}

/** The template is well formed, but a function in it cannot be computed. */
export function templateError(detail: string): AwsError {
  return validationError(`Template error: ${detail}`);
}
