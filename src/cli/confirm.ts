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
  /** The flag that answers it beforehand; default `--confirm`. A second question has a flag of its own. */
  readonly flag?: '--confirm' | '--confirm-data-loss';
  /** Typed at the terminal in the place of the name, so that one habit does not answer two questions. */
  readonly sentence?: string;
}

export interface Answers {
  readonly yes: boolean;
  readonly confirm: readonly string[];
  readonly confirmDataLoss?: readonly string[];
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
  /** Called when a person has to be waited for. */
  readonly onAsk?: (() => void) | undefined;
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
  { answers, prompter, signal, onAsk }: ConfirmOptions,
): Promise<void> {
  if (answers.yes) return;
  if (prompter === undefined) throw needsAnswer(question, 'add --yes to answer yes beforehand');
  onAsk?.();
  const agreed = await prompter.yesNo(`${printable(question.action)}?`, signal);
  if (!agreed) throw declined(question);
}

async function confirmSevere(
  question: Question,
  { answers, prompter, signal, onAsk }: ConfirmOptions,
): Promise<void> {
  const { name, flag = '--confirm', sentence = name } = question;
  const given = flag === '--confirm' ? answers.confirm : (answers.confirmDataLoss ?? []);
  if (given.includes(name)) return;
  if (given.length > 0) throw wrongName(question, name, given.join(', '));
  if (prompter === undefined) throw needsAnswer(question, `add ${flag} ${name}`);
  onAsk?.();
  const typed = await prompter.text(
    `${printable(question.action)}. Type ${printable(sentence)} to go on:`,
    signal,
  );
  if (typed.trim() !== sentence) throw wrongName(question, sentence, typed);
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

function wrongName(question: Question, expected: string, given: string): ConfirmationError {
  return new ConfirmationError('ConfirmationWrong', `${question.action}: the name given does not match`, {
    why: `expected ${expected}, got ${given === '' ? 'nothing' : given}`,
    next: [`add ${question.flag ?? '--confirm'} ${question.name}`],
    changed: false,
  });
}
