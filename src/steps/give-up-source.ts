/**
 * Deletes the source, and it alone: after the target was validated, and after the final snapshot and the saved settings
 * were proven once more. RDS knows an instance by its name only, so the resource id tells a namesake that was made later.
 * A crash leaves a deletion that goes on by itself; the next attempt waits for its end.
 */
import type { Config } from '../config/schema.js';
import { PreconditionError, StaleError, VerifyError } from '../errors.js';
import type { Reversal, Step, StepIo, StepPlan } from '../pipeline/step.js';
import {
  checkReadiness,
  giveUpSource,
  fingerprintSource,
  pauseWriters,
  saveSource,
  takeSnapshot,
  type FreshChoices,
} from './refs.js';
import {
  deleteCall,
  noteReturn,
  protectCall,
  returnSource,
  type ReturnDeps,
  type ReturnInput,
} from './return-source.js';
import { readSavedSource } from './saved-source.js';

export interface GiveUpSourceDeps extends ReturnDeps {
  readonly choices: Pick<FreshChoices, 'finalSnapshot'>;
}

type Out = ReturnType<typeof giveUpSource.output.parse>;

export function createGiveUpSource(deps: GiveUpSourceDeps): Step<ReturnInput, Out, Config> {
  return {
    ...giveUpSource,
    title: 'Delete the source',
    typicalSeconds: [120, 900],
    overtakes: [checkReadiness.id, pauseWriters.id],
    reversal: reversalOf(deps),
    select: ({ config, outputOf, findOutputOf }) => ({
      config,
      saved: outputOf(saveSource),
      snapshot: findOutputOf(takeSnapshot),
      server: outputOf(checkReadiness).source.server,
      fingerprint: outputOf(fingerprintSource),
    }),
    plan: (_io, { config }) => plan(deps, config),
    run: async (io, input) => {
      const saved = await prove(deps, input);
      await remove(deps, io, input, saved.resourceId);
      await deps.waits.untilInstanceGone(io, saved.identifier);
      const { identifier: instanceIdentifier, arn: instanceArn } = saved;
      return { instanceIdentifier, instanceArn, deletedAt: io.clock.now().toISOString() };
    },
    verify: async (_io, _input, output) => {
      const found = await deps.rds.findInstance(output.instanceIdentifier);
      if (found === undefined) return;
      throw new VerifyError('SourceNotDeleted', `the instance ${found.identifier} is ${found.status}`, {
        resource: found.arn,
      });
    },
  };
}

function reversalOf(deps: GiveUpSourceDeps): Reversal<ReturnInput, Out> {
  return deps.choices.finalSnapshot
    ? {
        kind: 'undo',
        note: (input, { intents }) => noteReturn(deps, input, intents),
        undo: (io, input) => returnSource(deps, io, input),
      }
    : {
        kind: 'point-of-no-return',
        because:
          'the source is deleted without a final snapshot, as was confirmed: nothing brings its data back',
      };
}

async function plan({ rds, choices }: GiveUpSourceDeps, { source, replace }: Config): Promise<StepPlan> {
  const found = await rds.findInstance(source.instance);
  if (found?.deletionProtection === true && replace?.liftDeletionProtection !== true)
    return { kind: 'blocked', problems: [protectedProblem(source.instance)] };
  return {
    kind: 'change',
    effects: [
      `DELETES ${source.instance}, once the target is validated${choices.finalSnapshot ? ' and the final snapshot is proven available' : ', WITHOUT a final snapshot'}; its automated backups go with it`,
      ...(choices.finalSnapshot
        ? ['rollback makes it again from the snapshot, under its name, and compares it with the fingerprint']
        : []),
      ...(source.stack === undefined
        ? []
        : [
            `the stack ${source.stack} stays, and still names the instance: the report says how it is taken out`,
          ]),
    ],
    calls: [...(found?.deletionProtection === true ? [protectCall] : []), deleteCall],
  };
}

function protectedProblem(instance: string) {
  return {
    code: 'DeletionProtected',
    what: `${instance} has deletion protection`,
    why: 'A fresh start deletes it in the end, and the tool switches the protection off only when told to',
    fix: `aws rds modify-db-instance --db-instance-identifier ${instance} --no-deletion-protection --apply-immediately, or set replace.liftDeletionProtection`,
  };
}

/** @throws PreconditionError or VerifyError when the source could not be brought back: then it is not deleted */
async function prove({ rds, files, choices }: GiveUpSourceDeps, { saved, snapshot }: ReturnInput) {
  const settings = await readSavedSource(files, saved);
  if (!choices.finalSnapshot) return settings;
  const found = snapshot === undefined ? undefined : await rds.findSnapshot(snapshot.snapshotIdentifier);
  if (found?.status === 'available' && found.arn === snapshot?.snapshotArn) return settings;
  throw new PreconditionError(
    'SnapshotNotAvailable',
    `the final snapshot ${snapshot?.snapshotIdentifier ?? ''} is ${found?.status ?? 'gone'}: nothing is deleted`,
    {
      why: 'The data would be lost with the instance',
      ...(snapshot === undefined ? {} : { resource: snapshot.snapshotArn }),
      resumable: true,
    },
  );
}

async function remove(
  { rds, waits }: GiveUpSourceDeps,
  io: StepIo,
  { config }: ReturnInput,
  resourceId: string,
): Promise<void> {
  const { instance } = config.source;
  const found = await rds.readInstanceSettings(instance);
  const status = (await rds.findInstance(instance))?.status;
  if (found === undefined || status === undefined || status === 'deleting') return;
  if (found.resourceId !== resourceId)
    throw new StaleError('SourceChanged', `${instance} is not the instance whose settings were saved`, {
      why: 'It was deleted and made again, or restored, since',
      next: ['look what it is, then roll this run back'],
      resource: found.arn,
    });
  if (found.deletionProtection && config.replace?.liftDeletionProtection === true) {
    await io.mutate({ call: protectCall, key: instance, before: { deletionProtection: true } }, () =>
      rds.setInstanceDeletionProtection(instance, false),
    );
    await waits.untilInstanceAvailable(io, instance);
  }
  await io.mutate({ call: deleteCall, key: instance, before: { resourceId } }, () =>
    rds.deleteInstance(instance),
  );
}
