const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Twelve letters and digits, as CloudFormation ends the names it makes up. */
export function randomSuffix(random: () => number): string {
  return Array.from(
    { length: 12 },
    () => lettersAndDigits[Math.floor(random() * lettersAndDigits.length)],
  ).join('');
}

/** A version 4 UUID from the sandbox's own random numbers, so that a seed repeats it. */
export function randomUuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16));
}
