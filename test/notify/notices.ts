import { noticeSchemaId, type Notice } from '../../src/notify/notice.js';

export function noticeOf(changes: Partial<Notice> = {}): Notice {
  return {
    ...{
      schema: noticeSchemaId,
      event: 'failed',
      at: '2026-11-24T05:00:00.000Z',
      command: 'migrate snapshot',
    },
    ...{ run: 'rag-a1b2c3', name: 'rag', region: 'us-east-1', source: 'rag-db', target: 'rag-cluster' },
    ...{ step: 'create-cluster', exitCode: 1, text: 'rag-a1b2c3 has failed', detail: null, next: [] },
    ...changes,
  };
}
