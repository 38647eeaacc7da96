/** Where the situations run: the stand-in, Microsoft's emulator, or a namespace in Azure. */
export type Platform = 'stand-in' | 'emulator' | 'azure';

export const givenConnectionString = process.env['SERVICEBUS_CONNECTION_STRING'];

export const platform: Platform = platformOf(givenConnectionString);

function platformOf(connectionString: string | undefined): Platform {
  if (!connectionString) return 'stand-in';
  return connectionString.includes('UseDevelopmentEmulator=true') ? 'emulator' : 'azure';
}

interface Span {
  /** ISO 8601, as the administration client wants it. */
  readonly duration: string;
  readonly ms: number;
}

const seconds = (count: number): Span => ({ duration: `PT${count}S`, ms: count * 1000 });

/**
 * A lock whose end can be waited for: Azure allows no less than five seconds, which would make the suite slow on the stand-in. Long
 * enough to do something under it on a busy machine.
 */
export const shortLock = seconds(platform === 'stand-in' ? 2 : 5);

/** A window for duplicates that can be waited for; Azure's shortest is twenty seconds. */
export const shortWindow = seconds(platform === 'stand-in' ? 2 : 20);

/** How long one situation may take. */
export const situationMs = platform === 'stand-in' ? 60_000 : 180_000;
