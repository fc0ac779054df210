// Three rules of this project that no linter ships.
import { basename } from 'node:path';

const vagueNames = /^(utils?|helpers?|common|manager|base|misc|shared)\./;
const kebabCase = /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/;

const fileName = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename);
      if (vagueNames.test(name)) {
        context.report({ node, message: `'${name}' says nothing: name the file for its main export` });
      } else if (!kebabCase.test(name)) {
        context.report({ node, message: `'${name}' is not kebab-case` });
      }
    },
  }),
};

const directive = /^\s*(eslint-disable|@ts-(expect-error|ignore|nocheck))/;

const explainedDirective = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!directive.test(comment.value) || / -- \S/.test(comment.value)) continue;
        context.report({ loc: comment.loc, message: "say why, after ' -- '" });
      }
    },
  }),
};

/** `as unknown as T` and `as any as T` switch the type checker off. */
const noDoubleAssertion = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    'TSAsExpression > TSAsExpression'(node) {
      if (node.typeAnnotation.type !== 'TSUnknownKeyword' && node.typeAnnotation.type !== 'TSAnyKeyword')
        return;
      context.report({ node, message: 'a double assertion hides a type error: narrow or parse instead' });
    },
  }),
};

export const local = {
  rules: {
    'explained-directive': explainedDirective,
    'file-name': fileName,
    'no-double-assertion': noDoubleAssertion,
  },
};
