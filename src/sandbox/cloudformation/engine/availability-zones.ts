import type { SandboxContext } from '../../service.js';
import { structsAt, textAt } from '../providers/answers.js';
import type { Template } from '../template/template.js';

/** The zones `Fn::GetAZs` yields, read from EC2 once an operation, when the template asks at all. */
export async function availabilityZones(
  context: SandboxContext,
  template: Template,
): Promise<readonly string[]> {
  if (!JSON.stringify(template.body).includes('Fn::GetAZs')) return [];
  const answer = await context.call('ec2', 'DescribeAvailabilityZones', {});
  return structsAt(answer, 'AvailabilityZones').map((zone) => textAt(zone, 'ZoneName'));
}
