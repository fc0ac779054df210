/**
 * A major version that this project wants, and the Debian suite that carries it.
 * @typedef {object} Edition
 * @property {number} major
 * @property {string} suite
 * @property {string | undefined} libraries A later suite, of which the libraries are taken: this one's C library has a loader that cannot be told the name of a program.
 * @property {string | undefined} vectorSource Suite whose *source* of pgvector is built, where `suite` has no package of it.
 * @property {boolean} needed Nothing works without it; else tests that want it say that they are skipped.
 */

/** @type {Edition} */
const main = { major: 17, suite: 'trixie', libraries: undefined, vectorSource: undefined, needed: true };

/** An older server, to which the tests move databases of newer ones. @type {Edition} */
const older = { major: 15, suite: 'bookworm', libraries: undefined, vectorSource: 'trixie', needed: false };

/** The oldest that pgvector still supports: the tests move a database from it. @type {Edition} */
const oldest = { major: 13, suite: 'bullseye', libraries: 'trixie', vectorSource: 'trixie', needed: false };

/** @returns {Edition[]} what the commands need, and with `forTests` what only tests want */
export const editionsFor = (forTests) => (forTests ? [main, older, oldest] : [main]);

/** Packages that are asked for. */
export const packagesOf = ({ major, vectorSource }) => [
  `postgresql-${major}`,
  `postgresql-client-${major}`,
  ...(vectorSource ? [] : [`postgresql-${major}-pgvector`]),
];

/** Of everything these packages ask for, only libraries are needed, and none of Perl, LLVM or the login system. */
export function isUnpacked(name, major) {
  const ours = new RegExp(`^postgresql-(client-)?${major}(-|$)`).test(name);
  return ours || (/^(lib.*|zlib1g)$/.test(name) && !notNeeded.test(name));
}

const notNeeded =
  /^lib(perl|json-perl|io-pty|ipc-run|text-|llvm|z3|pam-modules|db5|gdbm|c-|semanage-common|audit-common|debconf)/;
