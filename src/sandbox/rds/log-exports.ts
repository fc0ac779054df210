import { XmlList } from '../http/xml-list.js';
import { optionalStruct, texts } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import type { Attributes } from './resources.js';

/** `CloudwatchLogsExportConfiguration` of a Modify request: which log types are exported afterwards. */
export function changeLogExports(input: AwsStruct, attributes: Attributes): Attributes {
  const change = optionalStruct(input, 'CloudwatchLogsExportConfiguration');
  if (!change) return {};
  const current = attributes['EnabledCloudwatchLogsExports'];
  const types = new Set(current instanceof XmlList ? current.items.map(String) : []);
  for (const type of texts(change, 'EnableLogTypes')) types.add(type);
  for (const type of texts(change, 'DisableLogTypes')) types.delete(type);
  return { EnabledCloudwatchLogsExports: types.size > 0 ? new XmlList('member', [...types]) : undefined };
}
