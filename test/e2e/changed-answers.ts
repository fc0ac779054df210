import { XmlList } from '../../src/sandbox/http/xml-list.js';
import type { AwsStruct } from '../../src/sandbox/service.js';

/** The answer with the items of one list changed. */
export function replaced(
  answer: AwsStruct,
  member: string,
  change: (items: readonly AwsStruct[]) => readonly AwsStruct[],
): AwsStruct {
  const list = answer[member];
  if (!(list instanceof XmlList)) throw new Error(`${member} is no list`);
  return { ...answer, [member]: new XmlList(list.itemName, change(list.items as readonly AwsStruct[])) };
}

/** The answer with some members of each item changed. */
export function each(member: string, change: (item: AwsStruct) => AwsStruct) {
  return (answer: AwsStruct): AwsStruct =>
    replaced(answer, member, (items) => items.map((item) => ({ ...item, ...change(item) })));
}
