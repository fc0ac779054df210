import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { findConfigProblems, renderConfig, type ConfigDraft } from '../../src/config/render-config.js';

const draft: ConfigDraft = {
  schema: './schema.json',
  name: 'rag',
  region: 'us-east-1',
  source: { instance: 'rag-db', database: 'rag', user: 'rag', secret: 'rag-secret', stack: undefined },
  target: { cluster: 'rag-cluster', instance: 'rag-instance', stack: undefined, template: undefined },
  app: undefined,
};

it('is valid, with and without all that may be left out', () => {
  expect(findConfigProblems(renderConfig(draft))).toEqual([]);
  const template = {
    path: 'aurora.yaml',
    capabilities: ['CAPABILITY_IAM'],
    parametersWithoutDefault: ['Vpc'],
    endpointOutput: undefined,
  };
  const full = {
    ...draft,
    source: { ...draft.source, stack: 'rag-stack' },
    target: { ...draft.target, stack: 'rag-aurora-stack', template },
    app: { ecsCluster: 'rag', ecsService: 'app', logGroup: undefined },
  };
  expect(findConfigProblems(renderConfig(full))).toEqual([]);
  expect(renderConfig(full)).toContain('#   Vpc: VALUE');
});

it('keeps what YAML would read otherwise as the text that it is', () => {
  const odd = { database: '1234', user: 'yes # no', secret: "a: 'b'\nregion: x" };
  const text = renderConfig({ ...draft, source: { ...draft.source, ...odd } });
  expect(parse(text)).toMatchObject({ region: 'us-east-1', source: odd });
  expect(findConfigProblems(text)).toEqual([]);
});

it('lets no foreign text leave its comment', () => {
  const text = renderConfig({ ...draft, schema: './a\nregion: eu-west-1', name: 'rag' });
  expect(parse(text)).toMatchObject({ region: 'us-east-1' });
});

it('says what is wrong with an answer', () => {
  expect(findConfigProblems(renderConfig({ ...draft, name: 'two words' }))).toEqual([
    expect.stringContaining('name: must be'),
  ]);
});
