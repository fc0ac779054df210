import { describe, expect, it } from 'vitest';
import { confirm, type Answers, type Prompter, type Question } from '../../src/cli/confirm.js';

const move: Question = { level: 'moderate', action: 'Move rag-db to rag-cluster', name: 'rag-db' };
const destroy: Question = { level: 'severe', action: 'Delete stack rag', name: 'rag' };
const lose: Question = {
  ...destroy,
  flag: '--confirm-data-loss',
  sentence: 'lose rag for ever',
};
const nothing: Answers = { yes: false, confirm: [] };

/** A person who answers so, and the questions they were asked. */
function person(answer: { yes?: boolean; text?: string }): Prompter & { asked: string[] } {
  const asked: string[] = [];
  const ask = <T>(message: string, value: T): Promise<T> => {
    asked.push(message);
    return Promise.resolve(value);
  };
  return {
    asked,
    yesNo: (message) => ask(message, answer.yes ?? false),
    text: (message) => ask(message, answer.text ?? ''),
  };
}

function answerTo(question: Question, answers: Answers, prompter?: Prompter): Promise<string> {
  const { signal } = new AbortController();
  return confirm(question, { answers, prompter, signal }).then(
    () => 'yes',
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('a confirmation', () => {
  it.each([
    ['mild, nobody there', { ...move, level: 'mild' }, nothing, 'yes'],
    ['moderate, nobody there', move, nothing, 'ConfirmationMissing'],
    ['moderate, --yes', move, { yes: true, confirm: [] }, 'yes'],
    ['severe, nobody there', destroy, nothing, 'ConfirmationMissing'],
    ['severe, --yes does not count', destroy, { yes: true, confirm: [] }, 'ConfirmationMissing'],
    ['severe, --confirm with the name', destroy, { yes: false, confirm: ['other', 'rag'] }, 'yes'],
    ['second, the first flag does not count', lose, { yes: true, confirm: ['rag'] }, 'ConfirmationMissing'],
    ['second, its flag', lose, { yes: false, confirm: [], confirmDataLoss: ['rag'] }, 'yes'],
    [
      'second, its flag with another name',
      lose,
      { yes: false, confirm: ['rag'], confirmDataLoss: ['rags'] },
      'ConfirmationWrong',
    ],
    ['severe, --confirm with another name', destroy, { yes: true, confirm: ['rags'] }, 'ConfirmationWrong'],
  ] as const)('without a terminal: %s', async (_, question, answers, expected) => {
    expect(await answerTo(question, answers)).toBe(expected);
  });

  it.each([
    ['second, the name alone', lose, { text: 'rag' }, 'ConfirmationWrong'],
    ['second, the sentence', lose, { text: 'lose rag for ever' }, 'yes'],
    ['agreed', move, { yes: true }, 'yes'],
    ['declined', move, { yes: false }, 'Declined'],
    ['typed the name', destroy, { text: ' rag ' }, 'yes'],
    ['typed another name', destroy, { text: 'RAG' }, 'ConfirmationWrong'],
    ['typed nothing', destroy, { text: '' }, 'ConfirmationWrong'],
  ] as const)('with a person who %s', async (_, question, answer, expected) => {
    expect(await answerTo(question, nothing, person(answer))).toBe(expected);
  });

  it('exits with code 5, says that nothing was changed and which flag answers', async () => {
    const asking = confirm(destroy, { answers: nothing, signal: new AbortController().signal });
    await expect(asking).rejects.toMatchObject({ exitCode: 5, changed: false, next: ['add --confirm rag'] });
  });

  it('does not let a name write to the terminal', async () => {
    const somebody = person({ yes: true });
    await answerTo({ ...move, action: 'Move \u001b[2Jdb' }, nothing, somebody);
    expect(somebody.asked).toEqual(['Move \\x1b[2Jdb?']);
  });
});
