import { escape, tag } from './xml.ts';

/** One resource in an answer: its path in the namespace, and its description as XML (specification §15.3). */
export interface Resource {
  readonly path: string;
  readonly description: string;
}

const ATOM = 'xmlns="http://www.w3.org/2005/Atom"';
const DATES = '2020-01-01T00:00:00Z';

/** Attributes of a description element. */
export const DESCRIPTION = 'xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';

/** The SDK takes names from the segments of the `id`. */
export function entry({ path, description }: Resource, host: string, attributes = ATOM): string {
  const url = `https://${host}/${path.split('/').map(encodeURIComponent).join('/').replaceAll('%24', '$')}?api-version=2021-05`;
  const title = path.slice(path.lastIndexOf('/') + 1);
  return tag('entry', [
    tag('id', escape(url)), tag('title', escape(title), 'type="text"'), tag('published', DATES), tag('updated', DATES),
    `<link rel="self" href="${escape(url)}"/>`, tag('content', description, 'type="application/xml"'),
  ].join(''), attributes);
}

/** A page of resources; `next` is where the following one starts. The SDK reads it only when there are two links or more. */
export function feed(resources: readonly Resource[], host: string, path: string, next: { readonly skip: number; readonly top: number } | undefined): string {
  const url = `https://${host}/${path}`;
  return tag('feed', [
    tag('title', escape(path), 'type="text"'), tag('id', escape(url)), tag('updated', DATES), `<link rel="self" href="${escape(url)}"/>`,
    next ? `<link rel="next" href="${escape(`${url}?$skip=${next.skip}&$top=${next.top}&api-version=2021-05`)}"/>` : '',
    ...resources.map((resource) => entry(resource, host)),
  ].join(''), ATOM);
}

export const errorBody = (status: number, detail: string): string => tag('Error', tag('Code', String(status)) + tag('Detail', escape(detail)));
