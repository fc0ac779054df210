// docs/commands.md for people, schemas/commands.json as the promise to scripts: no command or flag goes away unseen.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { root } from '../project.mjs';

export default async function generateCommands() {
  const config = await Config.load({ root, ignoreManifest: true });
  const commands = config.commands
    .filter(({ hidden }) => !hidden)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  writeFileSync(
    join(root, 'schemas', 'commands.json'),
    `${JSON.stringify(commands.map(summarize), undefined, 2)}\n`,
  );
  const pages = commands.map((command) => renderCommand(config, command));
  const head =
    '# Commands\n\nWritten by `npm run generate` from the commands themselves. Exit codes: [exit-codes.md](exit-codes.md).';
  writeFileSync(join(root, 'docs', 'commands.md'), `${[head, ...pages].join('\n\n')}\n`);
}

function summarize({ id, args, flags, aliases }) {
  return {
    command: id.replaceAll(':', ' '),
    aliases,
    args: Object.values(args).map(({ name, required }) => ({ name, required: required === true })),
    flags: Object.values(flags).map(({ name, type, multiple, options, env }) => ({
      name,
      type,
      ...(multiple === true && { multiple }),
      ...(options && { options }),
      ...(env && { env }),
    })),
  };
}

function renderCommand(config, command) {
  const words = command.id.replaceAll(':', ' ');
  const args = Object.values(command.args);
  const flags = Object.values(command.flags);
  const usage = [
    `${config.bin} ${words}`,
    ...args.map(({ name, required }) => (required ? name.toUpperCase() : `[${name.toUpperCase()}]`)),
    ...(flags.length > 0 ? ['[FLAGS]'] : []),
  ].join(' ');
  return [
    `## ${words}`,
    command.summary ?? '',
    `\`\`\`\n${usage}\n\`\`\``,
    command.description ?? '',
    args.map(({ name, description }) => `- \`${name.toUpperCase()}\`: ${description}`).join('\n'),
    flagTable(flags),
    exampleBlock(config, command.examples),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function flagTable(flags) {
  if (flags.length === 0) return '';
  const rows = flags.map(({ name, type, helpValue, summary, description, env }) => {
    const value = type === 'option' ? ` ${helpValue ?? 'VALUE'}` : '';
    return `| \`--${name}${value}\` | ${oneLine(summary ?? description ?? '')} | ${env ? `\`${env}\`` : ''} |`;
  });
  return ['| Flag | | Variable |', '| --- | --- | --- |', ...rows].join('\n');
}

function exampleBlock(config, examples = []) {
  if (examples.length === 0) return '';
  const lines = examples
    .filter((example) => typeof example === 'string')
    .map((example) => example.replaceAll('<%= config.bin %>', config.bin));
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``;
}

function oneLine(text) {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
}
