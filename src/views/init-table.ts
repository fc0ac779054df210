import { printable } from './printable.js';

export interface InitRows {
  readonly file: string;
  readonly replaced: boolean;
  readonly region: string;
  readonly source: {
    readonly instance: string;
    readonly database: string;
    readonly secret: string;
    readonly stack: string | null;
  };
  readonly target: {
    readonly cluster: string;
    readonly instance: string;
    readonly stack: string | null;
    readonly template: string | null;
  };
  readonly app: { readonly ecsCluster: string; readonly ecsService: string } | null;
  readonly remarks: readonly string[];
}

/** What was written, so that a wrong guess is seen at once. */
export function renderInit({ file, replaced, region, source, target, app, remarks }: InitRows): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Region', region],
    ['Source', `${source.instance}, database ${source.database}`],
    ['Secret', source.secret],
    ['Its stack', source.stack ?? 'none'],
    ['Target', `${target.cluster} with ${target.instance}`],
    [
      'Deployed',
      target.template === null ? 'through the RDS API' : `${target.template} as ${target.stack ?? ''}`,
    ],
    ['Application', app === null ? 'none' : `${app.ecsCluster}/${app.ecsService}`],
  ];
  return [
    `${replaced ? 'Wrote anew' : 'Wrote'} ${printable(file)}: read it before you use it.`,
    rows.map(([label, value]) => `${label.padEnd(13)}${printable(value)}`).join('\n'),
    ...(remarks.length === 0 ? [] : [remarks.map((remark) => printable(remark)).join('\n')]),
    'Next: rds2aurora plan dump-restore',
  ].join('\n\n');
}
