import { describeWholePath } from './whole-path.js';

describeWholePath('dump-restore by a template, into a stack of its own', {
  mode: 'template',
  tellsEnd: true,
  stacks: [
    'production-network-stack CREATE_COMPLETE',
    'production-rag-aurora-stack CREATE_COMPLETE',
    'production-rag-stack CREATE_COMPLETE',
  ],
});
