/**
 * Writes down everything that is needed to make the old stack again, before anything of it is deleted: `old-stack.json`
 * and, sealed for the owner alone, `old-stack-secrets.json`; and what a person needs who makes it again without the tool.
 * Reads AWS only; running again writes the same files anew.
 */
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { SecretVault } from '../aws/secret-vault.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError, type Problem } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { writeComeback, type ComebackDeps } from './comeback-by-hand.js';
import { saveStack, takeSnapshot } from './refs.js';
import { findRemovalProblems, type RemovalDeps, type StackToRemove } from './removal-problems.js';
import { printSavedStack, readSavedStack, type SavedStack } from './saved-stack.js';
import { findSuccessorProblems, type SuccessorDeps } from './successor-problems.js';

export interface SaveStackDeps extends RemovalDeps {
  readonly cloudFormation: RemovalDeps['cloudFormation'] &
    Pick<CloudFormationGateway, 'readStackDetails' | 'getTemplate' | 'listResources'> &
    ComebackDeps['cloudFormation'];
  readonly templates: SuccessorDeps['templates'] & ComebackDeps['templates'];
  readonly vault: Pick<SecretVault, 'seal' | 'assertReadable'>;
  readonly files: RunFiles;
}

interface In {
  readonly config: Config;
  readonly snapshotArn: string;
}
type Out = ReturnType<typeof saveStack.output.parse>;

const file = 'old-stack.json';
const secretsFile = 'old-stack-secrets.json';
/** Stands for an ARN that does not exist yet; only its form matters to ValidateTemplate. */
const futureSnapshot = 'arn:aws:rds:us-east-1:123456789012:snapshot:of-this-run';

export function createSaveStack(deps: SaveStackDeps): Step<In, Out, Config> {
  return {
    ...saveStack,
    title: 'Save the old stack',
    typicalSeconds: [2, 20],
    writersPaused: true,
    reversal: {
      kind: 'nothing-to-undo',
      because: 'it only reads AWS; the files stay in the folder of the run',
    },
    select: ({ config, findOutputOf }) => ({
      config,
      // Without one the stack cannot come back; what it was is written down nevertheless.
      snapshotArn: findOutputOf(takeSnapshot)?.snapshotArn ?? futureSnapshot,
    }),
    plan: async (_io, { config }) => {
      const stack = await examine(deps, config, futureSnapshot);
      const problems = await findProblems(deps, config, stack);
      if (problems.length > 0) return { kind: 'blocked', problems };
      return {
        kind: 'change',
        effects: [
          `writes ${stack.details.name} to the folder of the run: template, parameters, outputs, tags, policies; and, for its owner alone, the values of ${String(secretsOf(config, stack).length)} secrets`,
        ],
      };
    },
    run: async (io, { config, snapshotArn }) => {
      const stack = await examine(deps, config, snapshotArn);
      const problems = await findProblems(deps, config, stack);
      if (problems.length > 0) throw refused(stack, problems);
      const saved = await toSaved(deps, stack);
      const sha256 = await deps.files.write(file, printSavedStack(saved));
      const sealed = await deps.vault.seal(secretsFile, secretsOf(config, stack));
      const secrets = sealed.secrets.map(({ name, arn }) => ({ name, arn }));
      io.note(`the old stack lies in ${deps.files.pathOf(file)}`);
      return {
        stackId: stack.details.id,
        stackName: stack.details.name,
        file,
        sha256,
        secretsFile,
        secretsSha256: sealed.sha256,
        secrets,
        comeback: await writeComeback(deps, saved, secrets, snapshotArn),
      };
    },
    verify: async (_io, _input, output) => {
      await readSavedStack(deps.files, output);
      await deps.vault.assertReadable(output.secretsFile, output.secretsSha256);
    },
  };
}

async function examine(
  deps: SaveStackDeps,
  { source }: Config,
  snapshotArn: string,
): Promise<StackToRemove & { original: string }> {
  const name = source.stack ?? '';
  const details = await deps.cloudFormation.readStackDetails(name);
  const original = await deps.cloudFormation.getTemplate(name, 'Original');
  const resources = await deps.cloudFormation.listResources(name);
  const instance = resources.find(
    (one) =>
      one.physicalId.toLowerCase() === source.instance.toLowerCase() && one.type === 'AWS::RDS::DBInstance',
  );
  if (instance === undefined)
    throw new MigrationError('SourceNotInStack', `the stack ${name} does not own ${source.instance}`, {
      why: 'In place means that the stack of the source becomes the stack of the target',
      next: ['correct source.stack, or use another target.stack'],
      resource: details.id,
    });
  return {
    details,
    original,
    resources,
    source: instance.logicalId,
    template: deps.templates.read(original),
    comeback: deps.templates.restoreInstance(original, instance.logicalId, snapshotArn).text,
  };
}

/** Neither of the two stacks may be left unmade: the old one, should it have to come back, and the new one. */
async function findProblems(deps: SaveStackDeps, config: Config, stack: StackToRemove): Promise<Problem[]> {
  return [
    ...(await findRemovalProblems(deps, config, stack)),
    ...(await findSuccessorProblems(deps, config, stack.details.capabilities)),
  ];
}

/** The secrets that the stack owns, and the one that the application uses. */
function secretsOf({ source }: Config, { resources }: StackToRemove): string[] {
  const owned = resources
    .filter((one) => one.type === 'AWS::SecretsManager::Secret' && one.physicalId !== '')
    .map((one) => one.physicalId);
  const isOwned = owned.some((arn) => arn === source.secret || nameIn(arn) === source.secret);
  return isOwned ? owned : [...owned, source.secret];
}

/** An ARN ends in the name, a hyphen and six random characters. */
function nameIn(arn: string): string {
  return (arn.split(':secret:')[1] ?? arn).replace(/-[A-Za-z0-9]{6}$/, '');
}

async function toSaved(
  deps: SaveStackDeps,
  stack: StackToRemove & { original: string },
): Promise<SavedStack> {
  const { details, original, resources, source } = stack;
  const processed = await deps.cloudFormation.getTemplate(details.name, 'Processed');
  const importers: Record<string, string[]> = {};
  for (const name of details.exports) importers[name] = [...(await deps.cloudFormation.listImporters(name))];
  return {
    format: 1,
    details: {
      ...details,
      parameters: details.parameters.map((parameter) => ({ ...parameter })),
      exports: [...details.exports],
      capabilities: [...details.capabilities],
      notificationArns: [...details.notificationArns],
      outputs: { ...details.outputs },
      tags: { ...details.tags },
    },
    template: { original, processed },
    resources: resources.map(({ logicalId, physicalId, type }) => ({ logicalId, physicalId, type })),
    importers,
    source,
  };
}

function refused({ details }: StackToRemove, problems: readonly Problem[]): PreconditionError {
  const [first] = problems;
  return new PreconditionError(
    first?.code ?? 'NotRemovable',
    problems.map((problem) => problem.what).join('; '),
    {
      why: first?.why ?? '',
      next: problems.map((problem) => problem.fix),
      resource: details.id,
      resumable: true,
    },
  );
}
