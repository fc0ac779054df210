import { ConfirmationError } from '../errors.js';
import { printable } from '../views/printable.js';

/** One of the values that may be chosen. */
export interface Offer {
  readonly value: string;
  /** For people: the value, and what is known of it. */
  readonly label: string;
}

/** A value that is wanted. */
export interface Wanted {
  /** `DB instance to move`. */
  readonly what: string;
  /** The flag that answers beforehand, e.g. `--instance`. */
  readonly flag: string;
  /** What that flag gave. */
  readonly given: string | undefined;
  /** What was found; a person may also type another value. */
  readonly offers: readonly Offer[];
  /** The one that is taken unless somebody says otherwise. */
  readonly preferred: string | undefined;
}

/** Asks for values at the terminal. */
export interface OfferPrompter {
  value(message: string, preset: string | undefined, signal: AbortSignal): Promise<string>;
  select(
    message: string,
    offers: readonly Offer[],
    preset: string | undefined,
    signal: AbortSignal,
  ): Promise<string>;
}

/** Gets a value: from its flag, by itself under `--yes`, or from the person at the terminal. */
export type Chooser = (wanted: Wanted) => Promise<string>;

/** Cannot be an identifier of AWS, nor a path that a person types. */
const another = '\u0000';

/** Without a prompter nobody is asked: what does not follow by itself is refused with exit code 5. */
export function createChooser(prompter: OfferPrompter | undefined, signal: AbortSignal): Chooser {
  return async (wanted) => {
    const { what, given, offers, preferred } = wanted;
    if (given !== undefined) return given;
    if (prompter === undefined) return preferred ?? onlyOne(wanted);
    const message = `${what}:`;
    if (offers.length === 0) return (await prompter.value(message, preferred, signal)).trim();
    const shown = offers.map(({ value, label }) => ({ value, label: printable(label) }));
    const all = [...shown, { value: another, label: 'another one' }];
    const chosen = await prompter.select(message, all, preferred, signal);
    return chosen === another ? (await prompter.value(message, undefined, signal)).trim() : chosen;
  };
}

function onlyOne({ what, flag, offers }: Wanted): string {
  const [first, second] = offers;
  if (first !== undefined && second === undefined) return first.value;
  const found = offers.map(({ value }) => value).join(', ');
  throw new ConfirmationError('AnswerMissing', `${what}: this has to be said`, {
    why:
      first === undefined
        ? 'nothing was found that it could be'
        : `there is more than one that it could be: ${found}`,
    next: [`add ${flag} ${first?.value ?? 'VALUE'}`],
    changed: false,
  });
}
