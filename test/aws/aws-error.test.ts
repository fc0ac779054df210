import { describe, expect, it } from 'vitest';
import { AwsCallError, callAws, classifyAwsError, isAwsError } from '../../src/aws/aws-error.js';
import { CredentialsError, StoppedError } from '../../src/errors.js';

function awsError(name: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(
    new Error(`${name} happened`),
    { name, $metadata: { httpStatusCode: 400, requestId: 'r-1' } },
    more,
  );
}

describe('the AWS error map', () => {
  it.each([
    ['DBInstanceNotFound', 'NotFound'],
    ['DBInstanceNotFoundFault', 'NotFound'],
    ['DBClusterNotFoundFault', 'NotFound'],
    ['ResourceNotFoundException', 'NotFound'],
    ['ServiceNotFoundException', 'NotFound'],
    ['ChangeSetNotFound', 'NotFound'],
    ['InvalidGroup.NotFound', 'NotFound'],
    ['DBClusterAlreadyExistsFault', 'AlreadyExists'],
    ['ResourceExistsException', 'AlreadyExists'],
    ['AlreadyExistsException', 'AlreadyExists'],
    ['InvalidDBClusterStateFault', 'InvalidState'],
    ['InvalidDBInstanceState', 'InvalidState'],
    ['InvalidChangeSetStatus', 'InvalidState'],
    ['ServiceNotActiveException', 'InvalidState'],
    ['Throttling', 'Throttled'],
    ['ThrottlingException', 'Throttled'],
    ['RequestLimitExceeded', 'Throttled'],
    ['LimitExceededException', 'Quota'],
    ['DBClusterQuotaExceededFault', 'Quota'],
    ['InsufficientDBInstanceCapacityFault', 'Quota'],
    ['AccessDenied', 'Denied'],
    ['AccessDeniedException', 'Denied'],
    ['UnauthorizedOperation', 'Denied'],
    ['AuthorizationErrorException', 'Denied'],
    ['ExpiredToken', 'Credentials'],
    ['ExpiredTokenException', 'Credentials'],
    ['InvalidClientTokenId', 'Credentials'],
    ['UnrecognizedClientException', 'Credentials'],
    ['CredentialsProviderError', 'Credentials'],
    ['TimeoutError', 'Network'],
    ['InvalidParameterCombination', 'Other'],
    ['ValidationError', 'Other'],
  ])('sorts %s as %s', (name, kind) => {
    expect(classifyAwsError(awsError(name))).toBe(kind);
  });

  it('sorts a broken socket by its code and a server error by its status', () => {
    expect(classifyAwsError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('Network');
    expect(classifyAwsError(awsError('Strange', { $metadata: { httpStatusCode: 503 } }))).toBe('Network');
  });

  it('says which action was denied to which principal, with exit code 4', async () => {
    const denied = Object.assign(awsError('AccessDenied'), {
      message: 'User: arn:aws:iam::123456789012:user/dba is not authorized to perform: rds:CreateDBCluster',
    });
    const call = callAws('rds:CreateDBCluster', 'c', () => Promise.reject(denied));
    await expect(call).rejects.toBeInstanceOf(CredentialsError);
    await expect(call).rejects.toMatchObject({ exitCode: 4, resource: 'c', requestId: 'r-1' });
    await expect(call).rejects.toThrow(
      /rds:CreateDBCluster was refused for arn:aws:iam::123456789012:user\/dba/,
    );
  });

  it('stops resumable when throttling or the network outlast the retries', async () => {
    const call = callAws('rds:DescribeDBClusters', undefined, () => Promise.reject(awsError('Throttling')));
    await expect(call).rejects.toBeInstanceOf(StoppedError);
    await expect(call).rejects.toMatchObject({ exitCode: 9, resumable: true });
  });

  it('keeps the name of any other refusal without its trailing Fault', async () => {
    const call = callAws('rds:CreateDBCluster', 'c', () =>
      Promise.reject(awsError('DBClusterAlreadyExistsFault')),
    );
    await expect(call).rejects.toMatchObject({
      code: 'DBClusterAlreadyExists',
      kind: 'AlreadyExists',
      exitCode: 1,
    });
    const error: unknown = await call.catch((caught: unknown) => caught);
    expect(isAwsError(error, 'AlreadyExists')).toBe(true);
    expect(error).toBeInstanceOf(AwsCallError);
  });
});
