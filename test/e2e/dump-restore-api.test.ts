import { describeWholePath } from './whole-path.js';

describeWholePath('dump-restore by the RDS API alone', {
  mode: 'api',
  byHand: true,
  stacks: ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'],
});
