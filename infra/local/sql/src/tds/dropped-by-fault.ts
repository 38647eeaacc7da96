/** Thrown by a fault rule that wants the connection closed without an answer. */
export class DroppedByFault extends Error {
  override readonly name = 'DroppedByFault';
}
