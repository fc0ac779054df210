import { createAwsGateways } from '../aws/aws-gateways.js';
import type { MigrationSession } from '../cli/migration-command.js';
import { createNoticeComposer } from '../notify/compose-notices.js';
import { createExecHook } from '../notify/exec-hook.js';
import type { Channel } from '../notify/notice.js';
import { createNotifier, type Notifier } from '../notify/notifier.js';
import { createSnsTopic, regionOfTopic } from '../notify/sns-topic.js';
import { createWebhook } from '../notify/webhook.js';
import { secretsOf } from '../process/scrubber.js';
import { systemClock } from './system-clock.js';

/**
 * The session, whose run is told to people as `notify` in the configuration says; the same one when nobody is to be told.
 */
export function notifying(session: MigrationSession): MigrationSession {
  const channels = openChannels(session);
  if (channels.length === 0) return session;
  const { config, now } = session;
  const composer = createNoticeComposer({
    command: session.words,
    ...{ name: config.name, region: config.region },
    ...{ source: config.source.instance, target: config.target.cluster },
  });
  const notifier = openNotifier(session, channels);
  session.afterwards(() => notifier.settle());
  return {
    ...session,
    emit: (event) => {
      session.emit(event);
      const notice = composer.compose(event);
      if (notice !== undefined) notifier.notify(notice);
    },
    confirm: (question) =>
      session.confirm(question, () => {
        notifier.notify(composer.composeWaiting(question.action, now().toISOString()));
      }),
  };
}

function openChannels(session: MigrationSession): Channel[] {
  const { config, directory, environment } = session;
  const { webhook, exec, sns } = config.notify ?? {};
  return [
    ...(webhook === undefined ? [] : [createWebhook({ url: webhook })]),
    ...(exec === undefined
      ? []
      : [createExecHook({ argv: exec, directory, environment: environment.variables })]),
    ...(sns === undefined ? [] : [openTopic(session, sns)]),
  ];
}

/** A topic has a Region of its own. What takes long is given up by the notifier, so few attempts are made. */
function openTopic({ toolVersion: version, profile }: MigrationSession, topic: string): Channel {
  const settings = { region: regionOfTopic(topic), version, impatient: true };
  const aws = createAwsGateways({ ...settings, ...(profile === undefined ? {} : { profile }) });
  return createSnsTopic(topic, aws.sns);
}

function openNotifier(session: MigrationSession, channels: readonly Channel[]): Notifier {
  const { config, environment, toolVersion, profile, now } = session;
  const began = systemClock.monotonicMs();
  const { webhook } = config.notify ?? {};
  return createNotifier({
    channels,
    secrets: [
      ...secretsOf(environment.variables),
      ...(webhook === undefined ? [] : [webhook, new URL(webhook).pathname]),
    ],
    listSecrets: async () => {
      const { region, source } = config;
      const settings = { region, version: toolVersion, ...(profile === undefined ? {} : { profile }) };
      return [await createAwsGateways(settings).secrets.readPassword(source.secret)];
    },
    onProblem: (channel, why) => {
      const elapsedMs = systemClock.monotonicMs() - began;
      session.emit({ at: now().toISOString(), elapsedMs, type: 'notification-failed', channel, why });
    },
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  });
}
