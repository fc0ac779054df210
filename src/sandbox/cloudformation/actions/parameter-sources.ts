import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { structsAt, textAt } from '../providers/answers.js';
import type { ParameterSources } from '../template/resolve-parameters.js';

/** How EC2 answers for an id of an AWS-specific parameter type; types that are not here are taken as given. */
const lookUps: Readonly<Record<string, { action: string; input(id: string): AwsStruct; list: string }>> = {
  'AWS::EC2::VPC::Id': {
    action: 'DescribeVpcs',
    input: (id) => ({ VpcId: [id], VpcIds: [id] }),
    list: 'Vpcs',
  },
  'AWS::EC2::Subnet::Id': {
    action: 'DescribeSubnets',
    input: (id) => ({ SubnetId: [id], SubnetIds: [id] }),
    list: 'Subnets',
  },
  'AWS::EC2::SecurityGroup::Id': {
    action: 'DescribeSecurityGroups',
    input: (id) => ({ GroupId: [id], GroupIds: [id] }),
    list: 'SecurityGroups',
  },
};

/** Parameter look-ups through the sandbox's own SSM and EC2. */
export function parameterSources(context: SandboxContext): ParameterSources {
  return {
    readSsm: async (names) => {
      const answer = await context.call('ssm', 'GetParameters', { Names: names });
      return new Map(
        structsAt(answer, 'Parameters').map((parameter) => [
          textAt(parameter, 'Name'),
          textAt(parameter, 'Value'),
        ]),
      );
    },
    exists: async (type, id) => {
      const lookUp = lookUps[type];
      if (!lookUp) return true;
      try {
        const answer = await context.call('ec2', lookUp.action, lookUp.input(id));
        return structsAt(answer, lookUp.list).length > 0;
      } catch (error) {
        if (error instanceof AwsError && /NotFound|Malformed/.test(error.code)) return false;
        throw error;
      }
    },
  };
}
