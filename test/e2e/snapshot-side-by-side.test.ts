import { describeWholePath } from './whole-path.js';

describeWholePath('snapshot, beside the source, by the RDS API alone', {
  path: 'snapshot',
  mode: 'api',
  stacks: ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'],
});
