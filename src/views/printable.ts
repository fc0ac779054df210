/**
 * Text from elsewhere (AWS, PostgreSQL, a deploy command, a file name) made safe to print: control characters, which a
 * terminal would obey, are shown as `\x1b`, and so are the Unicode controls that reorder or hide text. Line breaks are
 * kept only where the caller says that the text may span lines.
 */
export function printable(text: string, options: { readonly lines?: boolean } = {}): string {
  return text.replace(unsafe, (character) =>
    character === '\n' && options.lines === true ? character : escape(character),
  );
}

/** C0, DEL and C1 controls; line and paragraph separators; bidirectional and zero-width controls; the byte order mark. */
const unsafe = /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

const named = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return named.get(character) ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}
