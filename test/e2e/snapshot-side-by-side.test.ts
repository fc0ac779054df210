import { describeWholePath } from './whole-path.js';

describeWholePath('snapshot, beside the source, into a stack of its own by a template', {
  path: 'snapshot',
  mode: 'template',
  stacks: [
    'production-network-stack CREATE_COMPLETE',
    'production-rag-aurora-stack UPDATE_COMPLETE',
    'production-rag-stack CREATE_COMPLETE',
  ],
});
