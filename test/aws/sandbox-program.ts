// A program that runs a sandbox with a bucket `state` until its input ends, and says how it is reached. Whoever waits for
// an answer without turning back to its event loop, as the shared store does, cannot be served by its own process.
import { startSandbox } from '../../src/sandbox/sandbox.js';

const sandbox = await startSandbox();
await sandbox.call('s3', 'CreateBucket', { Bucket: 'state' });
process.stdout.write(`${JSON.stringify(sandbox.env)}\n`);
process.stdin.resume().once('end', () => {
  void sandbox.stop();
});
