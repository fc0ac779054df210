import { AwsError } from '../service.js';
import type { Wire } from './wire.js';

/*
 * Errors that the front of every AWS service answers with, whatever the action. Their codes differ by protocol
 * (Amazon RDS API Reference "Common Errors"; AWS JSON services add `Exception`; Amazon EC2 API Reference "Error codes").
 */

interface Spelling {
  readonly code: string;
  readonly status: number;
}

interface FrontError {
  readonly query: Spelling;
  readonly ec2: Spelling;
  readonly json: Spelling;
  /** Amazon S3 API Reference, "Error responses". */
  readonly rest: Spelling;
}

function spell(error: FrontError, wire: Wire, message: string): AwsError {
  const { code, status } = wire === 'cbor' ? error.query : error[wire];
  return new AwsError(code, message, status);
}

const throttling: FrontError = {
  query: { code: 'Throttling', status: 400 },
  ec2: { code: 'RequestLimitExceeded', status: 503 },
  json: { code: 'ThrottlingException', status: 400 },
  rest: { code: 'SlowDown', status: 503 },
};

const expired: FrontError = {
  query: { code: 'ExpiredToken', status: 403 },
  ec2: { code: 'RequestExpired', status: 400 },
  json: { code: 'ExpiredTokenException', status: 400 },
  rest: { code: 'ExpiredToken', status: 400 },
};

const denied: FrontError = {
  query: { code: 'AccessDenied', status: 403 },
  ec2: { code: 'UnauthorizedOperation', status: 403 },
  json: { code: 'AccessDeniedException', status: 400 },
  rest: { code: 'AccessDenied', status: 403 },
};

const unknownKey: FrontError = {
  query: { code: 'InvalidClientTokenId', status: 403 },
  ec2: { code: 'AuthFailure', status: 401 },
  json: { code: 'UnrecognizedClientException', status: 400 },
  rest: { code: 'InvalidAccessKeyId', status: 403 },
};

const unsigned: FrontError = {
  query: { code: 'MissingAuthenticationToken', status: 403 },
  ec2: { code: 'MissingAuthenticationToken', status: 403 },
  json: { code: 'MissingAuthenticationTokenException', status: 400 },
  rest: { code: 'AccessDenied', status: 403 },
};

const unknownAction: FrontError = {
  query: { code: 'InvalidAction', status: 400 },
  ec2: { code: 'InvalidAction', status: 400 },
  json: { code: 'UnknownOperationException', status: 400 },
  rest: { code: 'NotImplemented', status: 501 },
};

const internal: FrontError = {
  query: { code: 'InternalFailure', status: 500 },
  ec2: { code: 'InternalError', status: 500 },
  json: { code: 'InternalServerError', status: 500 },
  rest: { code: 'InternalError', status: 500 },
};

export const throttled = (wire: Wire): AwsError => spell(throttling, wire, 'Rate exceeded');

export const expiredToken = (wire: Wire): AwsError =>
  spell(expired, wire, 'The security token included in the request is expired');

export const accessDenied = (wire: Wire, arn: string, permission: string): AwsError =>
  spell(denied, wire, `User: ${arn} is not authorized to perform: ${permission}`);

export const invalidKey = (wire: Wire): AwsError =>
  spell(unknownKey, wire, 'The security token included in the request is invalid.');

export const notSigned = (wire: Wire): AwsError =>
  spell(unsigned, wire, 'Request is missing Authentication Token');

export const unsupportedAction = (wire: Wire, service: string, action: string): AwsError =>
  spell(unknownAction, wire, `The sandbox does not support ${service}:${action}`);

export const unsupportedService = (wire: Wire, service: string): AwsError =>
  spell(
    unknownAction,
    wire,
    `The sandbox has no service ${service === '' ? '(none named in the request)' : service}`,
  );

export const internalFailure = (wire: Wire, message: string): AwsError => spell(internal, wire, message);
