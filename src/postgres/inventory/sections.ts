import { grantSections } from './grants.js';
import { otherSections } from './other-objects.js';
import { programSections } from './programs.js';
import type { Section } from './section.js';
import { tableSections } from './tables.js';

/** All that is compared by catalog, in the order shown. */
export const sections: readonly Section[] = [
  ...otherSections,
  ...tableSections,
  ...programSections,
  ...grantSections,
];
