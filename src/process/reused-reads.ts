import { Socket } from 'node:net';

/** What a pipe of the system holds at most, where it is not told otherwise. */
const pieceBytes = 65_536;

/**
 * Reads a pipe to its end, always into the same buffers: nothing is read while `count` of them are not given back. With a new
 * one for every piece this process would mostly collect garbage.
 * @param fd end of a pipe that is for reading; closed in the end
 * @param take gets a piece, and calls `giveBack` once nobody looks at it any more. False ends the reading
 */
export function readReusing(
  fd: number,
  count: number,
  take: (piece: Buffer, giveBack: () => void) => boolean,
): Promise<void> {
  // One more is always with the socket, also while it does not read.
  const free: Buffer[] = Array.from({ length: count + 1 }, () => Buffer.allocUnsafeSlow(pieceBytes));
  return new Promise((resolve, reject) => {
    const callback = (bytes: number, { buffer }: Uint8Array): boolean => {
      const giveBack = (): void => {
        free.push(Buffer.from(buffer));
        socket.resume();
      };
      try {
        const goesOn = take(Buffer.from(buffer, 0, bytes), giveBack);
        if (!goesOn) socket.destroy();
        return goesOn && free.length > 1;
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    };
    const buffer = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
    // The types know `onread` only where a socket connects (Node.js: net, socket.connect), which hands it on.
    const options = { fd, readable: true, writable: false, onread: { buffer, callback } };
    const socket = new Socket(options);
    socket.once('error', reject).once('close', () => resolve());
  });
}
