import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { configFlags } from '../cli/flags.js';
import { initFlags } from '../cli/init-flags.js';
import type { InitResult } from '../cli/init-schema.js';

export default class Init extends BaseCommand<InitResult> {
  static override summary = 'Write rds2aurora.yaml from what is found in the account and in this folder.';
  static override description = [
    'Finds the instances, the stack that owns the chosen one, the secret that points at it, the ECS service that reads that',
    'secret, and the CloudFormation templates of this folder; asks where more than one thing fits, and writes the file with',
    'comments. Makes reading calls only; of secrets, it reads those that are likely to belong to the instance, and shows none.',
    'Writes over nothing unless told by --force. Without a terminal it wants --yes.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init --yes --region us-east-1 --instance production-rag-db',
    '<%= config.bin %> init --yes --template none --service none --force',
  ];
  static override flags = {
    ...configFlags,
    ...initFlags,
    yes: Flags.boolean({
      summary: 'Ask nothing: take what is found, and fail where that is not one thing.',
      env: 'RDS2AURORA_YES',
    }),
    force: Flags.boolean({ summary: 'Write over a file that is there.' }),
  };

  protected async perform(): Promise<Outcome<InitResult>> {
    const { flags } = await this.parse(Init);
    const { fileStands, findInitFile, nameSchema, needsAnswers } = await import('../cli/init-file.js');
    const { findOfferPrompter } = await import('../cli/prompter.js');
    const { createChooser } = await import('../cli/chooser.js');
    const file = findInitFile(process.cwd(), flags.config);
    const prompter = flags.yes || this.jsonEnabled() ? undefined : findOfferPrompter();
    if (prompter === undefined && !flags.yes) throw needsAnswers();
    if (existsSync(file) && !flags.force) {
      if (prompter === undefined) throw fileStands(file);
      await this.confirm({ level: 'moderate', action: `Write over ${file}`, name: file }, {});
    }
    const { init } = await import('../composition/init.js');
    const { variables } = this.environment;
    const wishes = {
      ...flags,
      region: flags.region ?? variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'],
      targetStack: flags['target-stack'],
      targetInstance: flags['target-instance'],
    };
    return init({
      ...{ wishes, file, profile: flags.profile, toolVersion: this.config.version },
      schema: nameSchema(this.config.root, file),
      choose: createChooser(prompter, new AbortController().signal),
      say: (text) => this.printMessage(text),
    });
  }
}
