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

/** The shortest a lock can be: Azure allows no less than five seconds, waiting for which would make the suite slow on the stand-in. */
export const shortLock = seconds(platform === 'stand-in' ? 1 : 5);

/** The shortest window for duplicates; Azure's is twenty seconds. */
export const shortWindow = seconds(platform === 'stand-in' ? 1 : 20);

/** How long one situation may take. */
export const situationMs = platform === 'stand-in' ? 60_000 : 180_000;
