/** Values of variables that are secret by their name. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && /SECRET|TOKEN|PASSWORD|PASSWD/i.test(name) ? [value] : [],
  );
}

/** Longest first, so that a secret within another leaves nothing behind; short ones would maim ordinary words. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= 4)
    .sort((left, right) => right.length - left.length);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
