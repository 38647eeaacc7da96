/**
 * Every bound of the stand-in, in one place.
 * Quotas: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
 */
export const limits = {
  /** Largest message on the Standard tier, headers included. Quotas page, "Message size for a queue, topic, or subscription entity". */
  messageBytes: 256 * 1024,
  /** Largest application-properties section. Quotas page, "Message header size" (64 KB for the property collection). */
  propertyBytes: 64 * 1024,
  /** Largest single application property. Quotas page, "Message property size" (32 KB for each). */
  onePropertyBytes: 32 * 1024,
  /** Peek answers at most this many messages a request; the service documents 250 for Standard. */
  peekMessages: 250,
  /** A frame this large holds any legal message, so that clients never have to split one. AMQP 1.0 §2.7.1. */
  frameBytes: 1024 * 1024,
  /** One AMQP session per link, so a client with thousands of sessions needs as many channels. AMQP 1.0 §2.7.1. */
  channelMax: 4999,
  /** The SDK closes a connection that is silent for 120 s; we write at least every half of what it advertises (60 s). */
  idleTimeoutMs: 240_000,
  /**
   * Credit of a sending client. Without credit the SDK sleeps a whole second and then reports the sender busy, and it keeps up to
   * 2048 unsettled sends in flight, so credit is given far above that and topped up at half.
   */
  sendCredit: 5000,
  /** Session-level incoming window we announce. We keep nothing at the session level, so it is only a large number. */
  incomingWindow: 0x7fff_ffff,
  /** Nominal size of a log segment; a group of records may overrun it, the next group then starts a new segment. */
  segmentBytes: 16 * 1024 * 1024,
  /** Buffer the records of a tick are collected in. Message bodies in memory are views of it. */
  slabBytes: 256 * 1024,
  /** Messages kept in memory, the newest first; others are read back from the log when their turn comes. */
  recentBytes: 32 * 1024 * 1024,
  /** How many segments may exist before old ones are rewritten to get rid of settled messages. */
  segmentsBeforeCompaction: 4,
  /** Bodies larger than this are handed to the socket as they are instead of being copied into the output slab. */
  copyBodyBytes: 16 * 1024,
  /** Size of an entity unless it says otherwise. Quotas page, "Queue or topic size"; the default of a created entity. */
  entityMegabytes: 1024,
  /** Message ids one entity remembers for duplicate detection, however long its window. */
  duplicateIds: 100_000,
  /** `batch-delete-messages` deletes at most this many a request, as the service documents. */
  deleteMessages: 4000,
  /** Output a client has not read; beyond it nothing more is delivered to it, and beyond the second figure its connection ends. */
  congestedBytes: 8 * 1024 * 1024,
  unreadBytes: 96 * 1024 * 1024,
  /** One answer to a peek holds at most about this much. */
  peekBytes: 4 * 1024 * 1024,
  /** A connection that has not been opened by then is dropped. */
  handshakeMs: 20_000,
  linksPerConnection: 5000,
  /** How long a next-available-session attach is withheld when the client names no `com.microsoft:timeout`. */
  acceptSessionMs: 60_000,
  /** The longest TTL the service knows is 10675199 days: never, for our purposes. */
  foreverMs: Number.MAX_SAFE_INTEGER,
} as const;
