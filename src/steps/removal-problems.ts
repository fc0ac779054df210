import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { StackDetails } from '../aws/cloudformation-stack-details.js';
import type { StackResource } from '../aws/cloudformation-stacks.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { StackTemplate, TemplateResource } from '../aws/stack-template.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';

export interface RemovalDeps {
  readonly cloudFormation: Pick<CloudFormationGateway, 'listImporters' | 'validateTemplate'>;
  readonly rds: Pick<RdsGateway, 'findInstance'>;
}

/** The stack that is to be deleted, as it was read. */
export interface StackToRemove {
  readonly details: StackDetails;
  readonly template: StackTemplate;
  readonly resources: readonly StackResource[];
  /** Logical id of the source. */
  readonly source: string;
  /** The template that would bring the stack back. */
  readonly comeback: string;
}

/** Types that hold what no template brings back. */
const holdsData =
  /^AWS::(RDS::DB(Cluster|Instance)|DynamoDB::(Global)?Table|S3::Bucket|EFS::FileSystem|DocDB::DBCluster|Neptune::DBCluster|ElastiCache::(ReplicationGroup|CacheCluster|ServerlessCache)|OpenSearchService::Domain|Redshift::Cluster|EC2::Volume|KMS::Key|SQS::Queue|Kinesis::Stream)$/;

/** Everything that stands against deleting the stack, or against bringing it back afterwards. Reads only. */
export async function findRemovalProblems(
  deps: RemovalDeps,
  config: Config,
  stack: StackToRemove,
): Promise<Problem[]> {
  return [
    ...(await importedExports(deps, stack)),
    ...(await findProtections(deps, config, stack.details)).map(orLift),
    ...hiddenParameters(stack),
    ...unrestorable(stack),
    ...secretByArn(config, stack),
    ...(await invalidTemplate(deps, stack)),
  ];
}

/** What would call the deletion off, or let it fail half-way, and is not to be lifted by this run. */
export async function findProtections(
  deps: Pick<RemovalDeps, 'rds'>,
  config: Config,
  details: Pick<StackDetails, 'name' | 'terminationProtection'>,
): Promise<Problem[]> {
  return [...terminationProtection(config, details), ...(await deletionProtection(deps, config))];
}

/** Before a run begins its configuration can still be changed. */
function orLift(problem: Problem): Problem {
  const flag =
    problem.code === 'TerminationProtected' ? 'liftTerminationProtection' : 'liftDeletionProtection';
  return { ...problem, fix: `${problem.fix}, or set replace.${flag}` };
}

/** Source: "Get exported outputs from a deployed CloudFormation stack": the deletion would be called off. */
async function importedExports(
  { cloudFormation }: RemovalDeps,
  { details }: StackToRemove,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const name of details.exports) {
    const importers = await cloudFormation.listImporters(name);
    if (importers.length > 0)
      problems.push({
        code: 'ExportInUse',
        what: `the export ${name} of ${details.name} is used by ${importers.join(', ')}`,
        why: 'CloudFormation does not delete a stack whose exports are in use',
        fix: `take the import out of ${importers.join(', ')} first, or move side by side (another target.stack)`,
      });
  }
  return problems;
}

function terminationProtection(
  { replace }: Config,
  details: Pick<StackDetails, 'name' | 'terminationProtection'>,
): Problem[] {
  if (!details.terminationProtection || replace?.liftTerminationProtection === true) return [];
  return [
    {
      code: 'TerminationProtected',
      what: `the stack ${details.name} has termination protection`,
      why: 'Somebody wanted it not to be deleted; the tool does not switch that off by itself',
      fix: `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${details.name}`,
    },
  ];
}

async function deletionProtection(
  { rds }: Pick<RemovalDeps, 'rds'>,
  { source, replace }: Config,
): Promise<Problem[]> {
  const instance = await rds.findInstance(source.instance);
  if (instance?.deletionProtection !== true || replace?.liftDeletionProtection === true) return [];
  return [
    {
      code: 'DeletionProtected',
      what: `the instance ${source.instance} has deletion protection`,
      why: 'RDS would refuse to delete it, and the stack would end in DELETE_FAILED; the tool does not switch that off by itself',
      fix: `aws rds modify-db-instance --db-instance-identifier ${source.instance} --no-deletion-protection --apply-immediately`,
    },
  ];
}

function hiddenParameters({ details }: StackToRemove): Problem[] {
  return details.parameters
    .filter((parameter) => parameter.hidden)
    .map(({ name }) => ({
      code: 'ParameterHidden',
      what: `the value of the NoEcho parameter ${name} of ${details.name} cannot be read`,
      why: 'Without it the stack could not be brought back',
      fix: `let the template read ${name} from Secrets Manager by a dynamic reference, or move side by side`,
    }));
}

/** What would be lost with the stack, or could not be made again as it was. */
function unrestorable({ template, source }: StackToRemove): Problem[] {
  return template.resources.flatMap((resource): Problem[] => {
    const { logicalId, type, deletionPolicy } = resource;
    if (logicalId === source) return isKept(resource) ? [retainedSource(logicalId)] : [];
    if (type === 'AWS::CloudFormation::Stack') return [nestedStack(logicalId)];
    if (!holdsData.test(type) || isKept(resource)) return [];
    const policy = deletionPolicy ?? 'none';
    return [
      {
        code: 'OtherDataInStack',
        what: `${logicalId} (${type}) would be deleted with the stack (DeletionPolicy ${policy})`,
        why: 'This tool moves one database; what else holds data would be lost, or come back empty',
        fix: `give ${logicalId} DeletionPolicy: Retain, or move side by side`,
      },
    ];
  });
}

function isKept({ deletionPolicy }: TemplateResource): boolean {
  return deletionPolicy === 'Retain' || deletionPolicy === 'RetainExceptOnCreate';
}

function retainedSource(logicalId: string): Problem {
  return {
    code: 'SourceRetained',
    what: `${logicalId} has DeletionPolicy Retain: the stack would go and the source would stay`,
    why: 'The subnet group and the security groups that it uses could then not be deleted',
    fix: `give ${logicalId} DeletionPolicy: Snapshot, or move side by side (another target.stack)`,
  };
}

function nestedStack(logicalId: string): Problem {
  return {
    code: 'NestedStack',
    what: `${logicalId} is a stack in the stack`,
    why: 'Only one template is saved; the nested one could not be brought back with its values',
    fix: 'move side by side (another target.stack)',
  };
}

/** A secret that is made again has another ARN: only its name survives. */
function secretByArn({ source }: Config, { template, resources }: StackToRemove): Problem[] {
  if (!source.secret.startsWith('arn:')) return [];
  const owned = resources.find((one) => one.physicalId === source.secret);
  const resource = template.resources.find((one) => one.logicalId === owned?.logicalId);
  if (resource === undefined || isKept(resource)) return [];
  return [
    {
      code: 'SecretByArn',
      what: `source.secret is an ARN, and the secret goes with the stack (${resource.logicalId})`,
      why: 'It is made again with the same name and value, and another ARN',
      fix: 'set source.secret to the name of the secret',
    },
  ];
}

async function invalidTemplate(
  { cloudFormation }: RemovalDeps,
  { details, comeback }: StackToRemove,
): Promise<Problem[]> {
  const { reason } = await cloudFormation.validateTemplate(comeback);
  if (reason === undefined) return [];
  return [
    {
      code: 'SavedStackInvalid',
      what: `the template that would bring ${details.name} back does not validate`,
      why: reason,
      fix: 'correct the template of the stack and deploy it, or move side by side',
    },
  ];
}
