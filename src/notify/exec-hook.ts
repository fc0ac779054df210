import { runNotifyCommand, type NotifyCommandSettings } from '../process/notify-command.js';
import type { Channel } from './notice.js';

/** Hands every notice to the user's own program: as JSON on stdin, the gist in variables. */
export function createExecHook(settings: NotifyCommandSettings): Channel {
  return {
    name: 'exec',
    send: (notice, signal) => {
      const variables = {
        RDS2AURORA_NOTIFICATION: notice.event,
        RDS2AURORA_NOTIFICATION_RUN: notice.run ?? '',
        RDS2AURORA_NOTIFICATION_TEXT: notice.text,
      };
      return runNotifyCommand(settings, { input: `${JSON.stringify(notice)}\n`, variables }, signal);
    },
  };
}
