import type { AwsStruct } from '../service.js';
import { XmlList } from './xml-list.js';

/** How names and lists look in one XML protocol. */
export interface XmlStyle {
  /** Element name of the items of a list that carries no name of its own. */
  readonly itemName: string;
  /** Element name of a member; `parent` is the member that holds the struct. */
  nameOf(parent: string, member: string): string;
}

export const queryStyle: XmlStyle = { itemName: 'member', nameOf: (_parent, member) => member };

/** EC2 writes members with a small first letter, and some under quite another name. */
export function ec2Style(wireNames: Readonly<Record<string, string>>): XmlStyle {
  return {
    itemName: 'item',
    nameOf: (parent, member) =>
      wireNames[`${parent}.${member}`] ??
      wireNames[member] ??
      member.charAt(0).toLowerCase() + member.slice(1),
  };
}

/** The members of `struct` as XML elements, without an element around them. */
export function encodeXml(struct: AwsStruct, style: XmlStyle, parent = ''): string {
  return Object.entries(struct)
    .map(([member, value]) => element(style.nameOf(parent, member), member, value, style))
    .join('');
}

function element(name: string, member: string, value: unknown, style: XmlStyle): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${content(member, value, style)}</${name}>`;
}

function content(member: string, value: unknown, style: XmlStyle): string {
  if (value instanceof XmlList) {
    return value.items.map((item) => element(value.itemName, member, item, style)).join('');
  }
  if (Array.isArray(value)) {
    return value.map((item) => element(style.itemName, member, item, style)).join('');
  }
  if (value instanceof Date) return value.toISOString();
  if (isStruct(value)) return encodeXml(value, style, member);
  return escapeXml(String(value));
}

function isStruct(value: unknown): value is AwsStruct {
  return typeof value === 'object' && value !== null;
}

/** Text as XML 1.0 can carry it: characters that it cannot are left out, as AWS does. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}
