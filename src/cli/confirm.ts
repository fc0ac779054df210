import { ConfirmationError } from '../errors.js';
import { printable } from '../views/printable.js';

/** A question before something is changed. */
export interface Question {
  /**
   * `mild`: nobody is asked. `moderate`: yes or no, `--yes` answers it. `severe`: something is lost; the name must be
   * typed or given by `--confirm`, and `--yes` does not count.
   */
  readonly level: 'mild' | 'moderate' | 'severe';
  /** What is about to happen, e.g. `Move production-rag-db to production-rag-cluster`. */
  readonly action: string;
  /** What must be typed at level `severe`. */
  readonly name: string;
}

export interface Answers {
  readonly yes: boolean;
  readonly confirm: readonly string[];
}

/** Asks the person at the terminal. Rejects with ExitPromptError on Ctrl-C. */
export interface Prompter {
  yesNo(message: string, signal: AbortSignal): Promise<boolean>;
  text(message: string, signal: AbortSignal): Promise<string>;
}

export interface ConfirmOptions {
  readonly answers: Answers;
  /** Absent when there is no terminal to ask on. */
  readonly prompter?: Prompter | undefined;
  readonly signal: AbortSignal;
}

/**
 * Returns when the question is answered with yes.
 * @throws ConfirmationError when it is not, or when nobody can be asked. Nothing waits for an answer that cannot come.
 */
export async function confirm(question: Question, options: ConfirmOptions): Promise<void> {
  if (question.level === 'mild') return;
  if (question.level === 'moderate') return confirmModerate(question, options);
  return confirmSevere(question, options);
}

async function confirmModerate(
  question: Question,
  { answers, prompter, signal }: ConfirmOptions,
): Promise<void> {
  if (answers.yes) return;
  if (prompter === undefined) throw needsAnswer(question, 'add --yes to answer yes beforehand');
  const agreed = await prompter.yesNo(`${printable(question.action)}?`, signal);
  if (!agreed) throw declined(question);
}

async function confirmSevere(
  question: Question,
  { answers, prompter, signal }: ConfirmOptions,
): Promise<void> {
  if (answers.confirm.includes(question.name)) return;
  if (answers.confirm.length > 0) throw wrongName(question, answers.confirm.join(', '));
  if (prompter === undefined) throw needsAnswer(question, `add --confirm ${question.name}`);
  const typed = await prompter.text(
    `${printable(question.action)}. Type ${printable(question.name)} to go on:`,
    signal,
  );
  if (typed.trim() !== question.name) throw wrongName(question, typed);
}

function needsAnswer(question: Question, advice: string): ConfirmationError {
  return new ConfirmationError('ConfirmationMissing', `${question.action}: this needs a yes`, {
    why: 'there is no terminal to ask on, and the answer was not given beforehand',
    next: [advice],
    changed: false,
  });
}

function declined(question: Question): ConfirmationError {
  return new ConfirmationError('Declined', `${question.action}: declined`, { changed: false });
}

function wrongName(question: Question, given: string): ConfirmationError {
  return new ConfirmationError('ConfirmationWrong', `${question.action}: the name given does not match`, {
    why: `expected ${question.name}, got ${given === '' ? 'nothing' : given}`,
    next: [`add --confirm ${question.name}`],
    changed: false,
  });
}
