import type { IncomingMessage } from 'node:http';

const form = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * What is wrong with the host that a request names, if anything: there must be one, well formed, once, and one of ours where those are known.
 * Nothing is ever built from it.
 */
export function hostFaultOf({ headers, rawHeaders, url = '' }: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>, ours: ReadonlySet<string> | undefined): string | undefined {
  // The absolute form is for proxies, and would name a second host.
  if (!url.startsWith('/') && url !== '*') return 'The address has a host of its own.';
  let named = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') named += 1;
  const { host } = headers;
  if (named !== 1 || host === undefined) return named > 1 ? 'More than one host.' : 'No host.';
  if (!form.test(host)) return 'The host is malformed.';
  return ours && !ours.has(host.replace(/:\d+$/, '').toLowerCase()) ? 'The host is not one of ours.' : undefined;
}
