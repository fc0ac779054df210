import { readFile } from 'node:fs/promises';

/** Whom a server is to run as: PostgreSQL refuses to start as root (its manual, "Server Setup and Operation"). */
export interface UnprivilegedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** In this order; `nobody` exists on every Unix. */
const candidates = ['postgres', '_postgres', 'nobody'];

/**
 * The user for child processes when we are root, undefined when no change of user is needed.
 * Nothing is created: a system without any of these users is told so.
 */
export async function findUnprivilegedUser(
  isRoot: boolean = process.getuid?.() === 0,
  accountsFile = '/etc/passwd',
): Promise<UnprivilegedUser | undefined> {
  if (!isRoot) return undefined;
  const accounts = parseAccounts(await readFile(accountsFile, 'utf8'));
  for (const name of candidates) {
    const account = accounts.get(name);
    if (account !== undefined) return account;
  }
  throw new Error(
    `PostgreSQL refuses to run as root and ${accountsFile} has none of ${candidates.join(', ')}: run as an ordinary user`,
  );
}

function parseAccounts(text: string): Map<string, UnprivilegedUser> {
  const accounts = new Map<string, UnprivilegedUser>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) continue;
    // Ids are unsigned in the kernel; macOS writes -2 for nobody.
    accounts.set(name, { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 });
  }
  return accounts;
}
