import { describe, expect, it } from 'vitest';
import { createChooser, type OfferPrompter, type Wanted } from '../../src/cli/chooser.js';

const { signal } = new AbortController();

const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  what: 'DB instance to move',
  flag: '--instance',
  given: undefined,
  offers: ['one-db', 'two-db'].map((value) => ({ value, label: `${value}\u001b[2J` })),
  preferred: undefined,
  ...more,
});

/** Answers as a person would, and remembers what it was asked. */
function person(answers: {
  readonly select?: (values: readonly string[]) => string;
  readonly value?: string;
}) {
  const seen: string[] = [];
  const prompter: OfferPrompter = {
    value: (message, preset) => {
      seen.push(`${message} [${preset ?? ''}]`);
      return Promise.resolve(answers.value ?? preset ?? '');
    },
    select: (message, offers, preset) => {
      seen.push(`${message} ${offers.map(({ label }) => label).join(' | ')} [${preset ?? ''}]`);
      return Promise.resolve(answers.select?.(offers.map(({ value }) => value)) ?? '');
    },
  };
  return { prompter, seen };
}

describe('with nobody to ask', () => {
  const choose = createChooser(undefined, signal);

  it('takes the flag before all, then what is preferred, then the only one', async () => {
    expect(await choose(wanted({ given: 'three-db', preferred: 'one-db' }))).toBe('three-db');
    expect(await choose(wanted({ preferred: 'two-db' }))).toBe('two-db');
    expect(await choose(wanted({ offers: [{ value: 'one-db', label: 'one-db' }] }))).toBe('one-db');
  });

  it('refuses to guess between two, and names the flag', async () => {
    await expect(choose(wanted())).rejects.toMatchObject({
      exitCode: 5,
      why: 'there is more than one that it could be: one-db, two-db',
      next: ['add --instance one-db'],
      changed: false,
    });
  });

  it('refuses when nothing was found', async () => {
    await expect(choose(wanted({ offers: [] }))).rejects.toMatchObject({ next: ['add --instance VALUE'] });
  });
});

describe('with a person', () => {
  it('offers what was found, made safe to print, with the preferred one set', async () => {
    const { prompter, seen } = person({ select: ([, second]) => second ?? '' });
    expect(await createChooser(prompter, signal)(wanted({ preferred: 'one-db' }))).toBe('two-db');
    expect(seen).toEqual(['DB instance to move: one-db\\x1b[2J | two-db\\x1b[2J | another one [one-db]']);
  });

  it('lets another one be typed', async () => {
    const { prompter } = person({ select: (values) => values.at(-1) ?? '', value: ' mine ' });
    expect(await createChooser(prompter, signal)(wanted())).toBe('mine');
  });

  it('asks for text where nothing is offered', async () => {
    const { prompter, seen } = person({});
    expect(await createChooser(prompter, signal)(wanted({ offers: [], preferred: 'rag' }))).toBe('rag');
    expect(seen).toEqual(['DB instance to move: [rag]']);
  });
});
