/** [MS-TDS] 2.2.3.1.1: the type of a packet. */
export const packetType = { sqlBatch: 0x01, rpc: 0x03, reply: 0x04, attention: 0x06, bulkLoad: 0x07, federatedToken: 0x08, transactionManager: 0x0e, login7: 0x10, sspi: 0x11, prelogin: 0x12 } as const;

/** [MS-TDS] 2.2.3.1.2: the status bits of a packet. */
export const packetStatus = { endOfMessage: 0x01, ignore: 0x02, resetConnection: 0x08, resetKeepTransaction: 0x10 } as const;

export const HEADER = 8;

/** [MS-TDS] 2.2.7: the first byte of each token in a reply. */
export const token = {
  returnStatus: 0x79, columnMetadata: 0x81, error: 0xaa, info: 0xab, returnValue: 0xac, loginAck: 0xad, featureExtAck: 0xae, federatedInfo: 0xee, row: 0xd1, nbcRow: 0xd2,
  envChange: 0xe3, done: 0xfd, doneProc: 0xfe, doneInProc: 0xff,
} as const;

/** [MS-TDS] 2.2.7.6 */
export const doneStatus = { final: 0x00, more: 0x01, error: 0x02, inTransaction: 0x04, count: 0x10, attention: 0x20 } as const;

/** SQL_Latin1_General_CP1_CI_AS, the collation every string is announced with. The driver only uses it to decode VARCHAR as code page 1252. */
export const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** A message the client should never have sent. The connection is closed. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
