import type { ListedService } from '../aws/account-survey.js';
import type { ConfigDraft } from '../config/render-config.js';
import { UsageError } from '../errors.js';
import { orRemark, type ChosenSecret, type Survey } from './init-survey.js';

/** More are not looked at: each costs two calls. */
const mostServices = 200;
const none = 'none';

/** The services of ECS; none where they may not be listed. */
export async function listServices(survey: Survey): Promise<readonly ListedService[]> {
  const services = await orRemark(survey, 'ECS services could not be listed', [], () =>
    survey.aws.survey.listServices(mostServices),
  );
  if (services.length === mostServices)
    survey.remark(
      `Only the first ${String(mostServices)} ECS services were looked at; --service CLUSTER/SERVICE names another.`,
    );
  return services;
}

/** The service that writes to the source: the one whose containers read its secret. */
export async function chooseApplication(
  { choose, wishes, remark }: Survey,
  services: readonly ListedService[],
  secret: ChosenSecret,
): Promise<ConfigDraft['app']> {
  const using = services.filter((service) => usesSecret(service, secret));
  const chosen = await choose({
    ...{ what: 'ECS service that writes to it', flag: '--service', given: wishes.service },
    offers: [
      ...using.map((service) => ({ value: nameOf(service), label: `${nameOf(service)}, reads the secret` })),
      ...(using.length > 0
        ? []
        : services.map((service) => ({ value: nameOf(service), label: nameOf(service) }))),
      { value: none, label: 'none: all writers are stopped by hand' },
    ],
    preferred: preferredOf(using),
  });
  if (chosen === none) {
    remark('No application is named: stop all that writes to the source yourself, or give --service.');
    return undefined;
  }
  const [ecsCluster, ecsService, more] = chosen.split('/');
  if (ecsCluster === undefined || ecsService === undefined || more !== undefined) throw noService(chosen);
  const found = services.find((service) => nameOf(service) === chosen);
  return { ecsCluster, ecsService, logGroup: found?.logGroup };
}

/** With two that read the secret, a person has to say which one. */
function preferredOf(using: readonly ListedService[]): string | undefined {
  const [first, second] = using;
  if (first === undefined) return none;
  return second === undefined ? nameOf(first) : undefined;
}

/** A container names the secret by its ARN, whole or with a key behind it. */
function usesSecret({ secrets }: ListedService, { arn }: ChosenSecret): boolean {
  return arn !== undefined && secrets.some((from) => from === arn || from.startsWith(`${arn}:`));
}

function nameOf({ cluster, service }: ListedService): string {
  return `${cluster}/${service}`;
}

function noService(given: string): UsageError {
  return new UsageError('BadService', `${given} is no ECS service`, {
    why: 'A service is named together with its cluster',
    next: ['give it as --service CLUSTER/SERVICE, or --service none'],
    changed: false,
  });
}
