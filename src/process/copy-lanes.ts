import { openCopyLane } from './copy-lane.js';
import type { CopyLane, CopyLaneRequest } from './copy-lane.js';

/** Runs `work` with lanes that are opened when all others are taken, kept for the next part, and closed in the end. */
export async function withCopyLanes<T>(
  request: CopyLaneRequest,
  work: (copy: CopyLane['copy']) => Promise<T>,
): Promise<T> {
  const opened: CopyLane[] = [];
  const free: CopyLane[] = [];
  const take = async (): Promise<CopyLane> => {
    const kept = free.pop();
    if (kept !== undefined) return kept;
    const lane = await openCopyLane(request);
    opened.push(lane);
    return lane;
  };
  try {
    return await work(async (order) => {
      const lane = await take();
      const rows = await lane.copy(order);
      free.push(lane);
      return rows;
    });
  } finally {
    await Promise.all(opened.map((lane) => lane.close()));
  }
}
