import { availableParallelism } from 'node:os';
import { createApplicationWaits } from '../aws/application-waits.js';
import { createAwsGateways } from '../aws/aws-gateways.js';
import { createDatabaseWaits } from '../aws/database-waits.js';
import { createPoll } from '../aws/poll.js';
import { createStackWaits } from '../aws/stack-waits.js';
import type { MigrationSession } from '../cli/migration-command.js';
import { nameTrustedAuthorities, readTrustedAuthorities } from '../config/trusted-authorities.js';
import { createFingerprintGateway } from '../postgres/fingerprint-gateway.js';
import { createSessions } from '../postgres/session.js';
import { createClientLogin, loginsOf } from '../process/client-login.js';

/** More would only queue: the servers are small, and one connection is one process there. */
const mostJobs = 8;

export type Tools = ReturnType<typeof createTools>;

/** Clients, gateways and waits of one command. Nothing connects before it is used. */
export function createTools(session: MigrationSession, runId: string, directory: string) {
  const { config, toolVersion, profile } = session;
  const aws = createAwsGateways({
    region: config.region,
    version: toolVersion,
    ...(profile === undefined ? {} : { profile }),
  });
  const poll = createPoll({ intervalMs: config.poll.seconds * 1000, random: Math.random });
  const login = {
    readPassword: (secret: string) => aws.secrets.readPassword(secret),
    readCa: () => readTrustedAuthorities(config.tls?.caFile, session.now()),
    applicationName: `rds2aurora/${runId}`,
  };
  const sessions = createSessions(login);
  const jobs = Math.min(mostJobs, availableParallelism());
  return {
    aws,
    waits: {
      application: createApplicationWaits(aws.ecs, aws.logs, poll),
      database: createDatabaseWaits(aws.rds, poll, config.poll.deadlineMinutes * 60_000),
      stack: createStackWaits(aws.cloudFormation, poll),
    },
    sessions,
    trusted: nameTrustedAuthorities(config.tls?.caFile),
    clientLogin: createClientLogin({ ...login, directory: loginsOf(directory) }),
    fingerprints: createFingerprintGateway(sessions, jobs),
    jobs,
  };
}
