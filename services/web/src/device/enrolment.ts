/** Who this device is to the identity provider. Given once, by the person who sets the till up. */
export interface Enrolment {
  readonly tillId: string;
  readonly secret: string;
}

/** The link that `npm start` prints carries both behind the `#`, which a browser keeps to itself when it asks for the page. */
export function enrolmentIn(hash: string): Enrolment | undefined {
  const [, tillId, secret] = /^#enrol=([A-Za-z0-9-]{1,40}):([A-Za-z0-9_-]{8,})$/.exec(hash) ?? [];
  return tillId !== undefined && secret !== undefined ? { tillId, secret } : undefined;
}
