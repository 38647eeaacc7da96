/** Windows-1252 differs from Latin-1 in 0x80-0x9F only. */
const special = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

export function decode1252(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return /[\x80-\x9f]/.test(text) ? text.replace(/[\x80-\x9f]/g, (c) => special[c.charCodeAt(0) - 0x80] ?? c) : text;
}

/** What VARCHAR cannot hold becomes a question mark, one for each UTF-16 unit, as on the server. */
export function encode1252(text: string): string {
  if (!/[^\0-\x7f\xa0-\xff]/.test(text)) return text;
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const at = special.indexOf(text.charAt(i));
    out += code < 0x80 || (code >= 0xa0 && code <= 0xff) ? text.charAt(i) : at >= 0 ? String.fromCharCode(0x80 + at) : '?';
  }
  return out;
}
