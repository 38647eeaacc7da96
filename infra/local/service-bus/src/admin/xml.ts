import { condition, Refusal } from '../errors.ts';

/** An element, its names without prefixes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TOKEN = /<\?[^>]*\?>|<(?<close>\/?)(?<name>[\w:.-]+)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const DEEPEST = 16;

/** Reads the little XML that ATOM requests are made of: no document types, comments or CDATA. @throws Refusal */
export function parseXml(xml: string): XmlElement {
  interface Open { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(xml)?.groups;
    const parent = open.at(-1);
    if (!parent || TOKEN.lastIndex === 0) throw malformed(`at position ${at}`);
    if (groups?.['text'] !== undefined) parent.text += unescape(groups['text']);
    if (groups?.['name'] === undefined) continue;
    const name = local(groups['name']);
    if (groups['close']) {
      if (open.length < 2 || parent.name !== name) throw malformed(`at </${name}>`);
      open.pop();
      continue;
    }
    const element: Open = { name, attributes: attributesOf(groups['attributes'] ?? ''), children: [], text: '' };
    parent.children.push(element);
    if (groups['empty']) continue;
    open.push(element);
    if (open.length > DEEPEST) throw malformed('because it is too deep');
  }
  const [top] = root.children;
  if (!top || open.length !== 1) throw malformed('at its end');
  return top;
}

/** The element at the end of this path of names. */
export function descend(element: XmlElement, ...names: readonly string[]): XmlElement | undefined {
  let found: XmlElement | undefined = element;
  for (const name of names) found = found?.children.find((child) => child.name === name);
  return found;
}

/** One element with its content, which is XML already. */
export const tag = (name: string, content: string, attributes = ''): string => `<${name}${attributes && ` ${attributes}`}>${content}</${name}>`;

export const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string => text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (name !== undefined) return entities[name] ?? whole;
  return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
});

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single = ''] of text.matchAll(ATTRIBUTE)) if (!name.startsWith('xmlns')) attributes[local(name)] = unescape(double ?? single);
  return attributes;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const malformed = (where: string): Refusal => new Refusal(condition.argumentError, `The request is no XML that can be read (${where}).`);
