import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createAwsGateways } from '../aws/aws-gateways.js';
import type { Outcome } from '../cli/base-command.js';
import type { Chooser } from '../cli/chooser.js';
import type { InitResult } from '../cli/init-schema.js';
import { findConfigProblems, renderConfig, type ConfigDraft } from '../config/render-config.js';
import { ConfigError, UsageError } from '../errors.js';
import { writeFileDurably } from '../journal/write-file-durably.js';
import { renderInit } from '../views/init-table.js';
import { chooseApplication, listServices } from './init-application.js';
import { chooseSecret, chooseSource } from './init-source.js';
import type { InitWishes, Survey } from './init-survey.js';
import { chooseTarget } from './init-target.js';

export interface InitRequest {
  readonly wishes: InitWishes;
  /** The file to be written; whether it may be was found out before. */
  readonly file: string;
  /** As the file names it. */
  readonly schema: string;
  readonly profile: string | undefined;
  readonly toolVersion: string;
  readonly choose: Chooser;
  /** A line for the person, while it works. */
  say(text: string): void;
}

/** `init`: looks what there is, by reading only, asks what does not follow from it, and writes the configuration. */
export async function init(request: InitRequest): Promise<Outcome<InitResult>> {
  const { file, wishes, profile, toolVersion, choose } = request;
  const folder = dirname(file);
  if (!existsSync(folder)) throw noFolder(folder);
  const region = await choose({
    ...{ what: 'AWS Region', flag: '--region', given: wishes.region },
    ...{ offers: [], preferred: undefined },
  });
  const aws = createAwsGateways({
    ...{ region, version: toolVersion },
    ...(profile === undefined ? {} : { profile }),
  });
  const remarks: string[] = [];
  const remark = (text: string): void => void remarks.push(text);
  const survey: Survey = { aws, wishes, folder, choose, remark };
  request.say(`Looking at ${region}, by reading only …`);
  const draft = await makeDraft(survey, region, request.schema);
  const text = renderConfig(draft);
  refuseInvalid(text, file);
  const replaced = existsSync(file);
  writeFileDurably(file, text);
  const result: InitResult = { ...{ file, replaced }, ...toResult(draft), remarks };
  return { result, text: () => renderInit(result), next: [`rds2aurora plan dump-restore`] };
}

async function makeDraft(survey: Survey, region: string, schema: string): Promise<ConfigDraft> {
  const source = await chooseSource(survey);
  const services = await listServices(survey);
  const secret = await chooseSecret(survey, source, services);
  const app = await chooseApplication(survey, services, secret);
  const { instance, stack } = source;
  const { name, target } = await chooseTarget(survey, source);
  const { database, user } = secret;
  return {
    ...{ schema, name, region },
    source: { instance: instance.identifier, database, user, secret: secret.id, stack: stack?.name },
    ...{ target, app },
  };
}

function toResult({
  name,
  region,
  source,
  target,
  app,
}: ConfigDraft): Omit<InitResult, 'file' | 'replaced' | 'remarks'> {
  return {
    ...{ name, region },
    source: { ...source, stack: source.stack ?? null },
    target: {
      ...{ cluster: target.cluster, instance: target.instance },
      ...{ stack: target.stack ?? null, template: target.template?.path ?? null },
    },
    app:
      app === undefined
        ? null
        : { ecsCluster: app.ecsCluster, ecsService: app.ecsService, logGroup: app.logGroup ?? null },
  };
}

/** What was found or typed may not be what the tool takes, e.g. a name with spaces. */
function refuseInvalid(text: string, file: string): void {
  const problems = findConfigProblems(text);
  if (problems.length === 0) return;
  throw new ConfigError('these answers make no valid configuration', problems, {
    ...{ resource: file, changed: false },
    next: ['give other values by the flags of rds2aurora init'],
  });
}

function noFolder(folder: string): UsageError {
  return new UsageError('NoSuchFolder', `there is no folder ${folder}`, { changed: false });
}
