import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { RecordedIntent } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import {
  noteReadOnly,
  noteStackUpdate,
  word,
  writeInput,
  writeStackInput,
  type StackInput,
} from './by-hand.js';
import type { saveStack, ServerRef } from './refs.js';
import type { SavedStack } from './saved-stack.js';

type Saved = ReturnType<typeof saveStack.output.parse>;
export type Comeback = NonNullable<Saved['comeback']>;

/** Inputs for the AWS CLI in the folder of the run, where the stack can be made again from without the tool. */
const files = {
  /** Takes in what stands. */
  importing: 'old-stack-import.json',
  /** The stack without tasks, so that nobody writes before the secrets and the database are as they were. */
  quiet: 'old-stack-quiet.json',
  whole: 'old-stack-whole.json',
  policy: 'old-stack-policy.json',
} as const;

export interface ComebackDeps {
  readonly cloudFormation: Pick<CloudFormationGateway, 'listImportIdentifiers'>;
  readonly templates: Pick<TemplateTools, 'keepResources' | 'read' | 'restoreInstance' | 'withoutTasks'>;
  readonly files: RunFiles;
}

/** Writes the inputs, and says what else `noteComeback` has to know. */
export async function writeComeback(
  deps: ComebackDeps,
  saved: SavedStack,
  secrets: Saved['secrets'],
  snapshotArn: string,
): Promise<Comeback> {
  const { details, template, source } = saved;
  const edited = deps.templates.restoreInstance(template.original, source, snapshotArn);
  const given = {
    ...Object.fromEntries(details.parameters.map(({ name, value }) => [name, value])),
    ...edited.parameters,
  };
  const declared = new Set(deps.templates.read(edited.text).parameters.map(({ name }) => name));
  const order: Omit<StackInput, 'template'> = {
    stack: details.name,
    parameters: Object.fromEntries(Object.entries(given).filter(([name]) => declared.has(name))),
    capabilities: details.capabilities,
    tags: details.tags,
    roleArn: details.roleArn,
    notificationArns: details.notificationArns,
  };
  const imports = await findImports(deps, saved, secrets);
  const quiet = deps.templates.withoutTasks(edited.text);
  await writeStackInput(deps.files, files.whole, { ...order, template: edited.text });
  await writeStackInput(deps.files, files.quiet, { ...order, template: quiet });
  await writeStackInput(deps.files, files.importing, {
    ...order,
    template: deps.templates.keepResources(
      edited.text,
      imports.map(({ logicalId }) => logicalId),
    ),
    changeSet: { name: changeSetName, type: 'IMPORT' },
  });
  if (details.policy !== null)
    await writeInput(deps.files, files.policy, { StackName: details.name, StackPolicyBody: details.policy });
  return {
    imports,
    hasTasks: quiet !== edited.text,
    isProtected: details.terminationProtection,
    hasPolicy: details.policy !== null,
  };
}

const changeSetName = 'come-back';

/** Its secrets, which are made to stand first, and what the template retains. */
async function findImports(
  { cloudFormation, templates }: ComebackDeps,
  { template, resources }: SavedStack,
  secrets: Saved['secrets'],
): Promise<Comeback['imports']> {
  const properties = await cloudFormation.listImportIdentifiers(template.original);
  const retained = new Set(
    templates
      .read(template.original)
      .resources.filter(({ deletionPolicy }) => deletionPolicy === 'Retain')
      .map(({ logicalId }) => logicalId),
  );
  return resources.flatMap(({ logicalId, physicalId, type }) => {
    const [property, ...others] = properties[type] ?? [];
    const secret = secrets.find(({ arn }) => arn === physicalId)?.name ?? null;
    // One that is named by several properties, or by none, cannot be told from its physical id.
    if (property === undefined || others.length > 0 || (secret === null && !retained.has(logicalId)))
      return [];
    return [{ logicalId, type, property, physicalId, secret }];
  });
}

export interface ComebackOrder {
  readonly saved: Saved;
  readonly snapshotArn: string;
  /** Where the source was, and is again: an endpoint is made of the identifier. */
  readonly server: ServerRef;
  readonly readOnlyBefore: string | null;
}

/** Makes the old stack again by hand, from the files that `writeComeback` has written. */
export function noteComeback(
  folder: Pick<RunFiles, 'pathOf'>,
  { saved, snapshotArn, server, readOnlyBefore }: ComebackOrder,
  intents: readonly RecordedIntent[],
): string[] {
  const { stackName, comeback } = saved;
  if (!intents.some(({ call }) => call === 'cloudformation:DeleteStack'))
    return noteProtections(stackName, intents);
  if (comeback === undefined)
    return [
      `# an earlier version has saved ${folder.pathOf(saved.file)}: make the stack from it, its instance from ${snapshotArn}, by rds2aurora rollback`,
    ];
  const stack = word(stackName);
  const path = (name: keyof typeof files) => word(`file://${folder.pathOf(files[name])}`);
  const sealed = (name: string) =>
    `jq -j --arg name ${word(name)} '.secrets[] | select(.name == $name) | .text' ${word(folder.pathOf(saved.secretsFile))}`;
  const names = saved.secrets.map(({ name }) => name);
  const made =
    comeback.imports.length === 0
      ? [
          `aws cloudformation create-stack --cli-input-json ${path('quiet')}`,
          `aws cloudformation wait stack-create-complete --stack-name ${stack}`,
        ]
      : [
          `aws cloudformation create-change-set --cli-input-json ${path('importing')} --resources-to-import ${comeback.imports.map(describeImport).join(' ')}`,
          `aws cloudformation wait change-set-create-complete --stack-name ${stack} --change-set-name ${changeSetName}`,
          `aws cloudformation execute-change-set --stack-name ${stack} --change-set-name ${changeSetName}`,
          `aws cloudformation wait stack-import-complete --stack-name ${stack}`,
          ...noteStackUpdate(stackName, folder.pathOf(files.quiet)),
        ];
  return [
    ...names.map(
      (name) =>
        `aws secretsmanager describe-secret --secret-id ${word(name)} > /dev/null 2>&1 || ${sealed(name)} | aws secretsmanager create-secret --name ${word(name)} --secret-string file:///dev/stdin`,
    ),
    ...made,
    ...names.map(
      (name) =>
        `${sealed(name)} | aws secretsmanager put-secret-value --secret-id ${word(name)} --secret-string file:///dev/stdin`,
    ),
    noteReadOnly(server, readOnlyBefore),
    ...(comeback.hasTasks ? noteStackUpdate(stackName, folder.pathOf(files.whole)) : []),
    ...(comeback.hasPolicy ? [`aws cloudformation set-stack-policy --cli-input-json ${path('policy')}`] : []),
    ...(comeback.isProtected ? [noteProtection(stackName)] : []),
    `# the template of ${stackName} names ${snapshotArn} from now on: the snapshot has to stay`,
  ];
}

/** The ARN of a secret that was made again is another one. */
function describeImport({
  logicalId,
  type,
  property,
  physicalId,
  secret,
}: Comeback['imports'][number]): string {
  const id =
    secret === null
      ? physicalId
      : `$(aws secretsmanager describe-secret --secret-id ${word(secret)} --query ARN --output text)`;
  return `"ResourceType=${type},LogicalResourceId=${logicalId},ResourceIdentifier={${property}=${id}}"`;
}

/** The deletion never began: what was switched off for it is switched on again. */
function noteProtections(stack: string, intents: readonly RecordedIntent[]): string[] {
  return intents.flatMap(({ call, key }) => {
    if (call === 'rds:ModifyDBInstance')
      return [
        `aws rds modify-db-instance --db-instance-identifier ${word(key)} --deletion-protection --apply-immediately`,
      ];
    return call === 'cloudformation:UpdateTerminationProtection' ? [noteProtection(stack)] : [];
  });
}

function noteProtection(stack: string): string {
  return `aws cloudformation update-termination-protection --stack-name ${word(stack)} --enable-termination-protection`;
}
