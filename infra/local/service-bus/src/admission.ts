import { condition, Refusal } from './errors.ts';
import { limits } from './limits.ts';
import type { Destination } from './topic.ts';
import { type Content, largestProperty } from './wire/content.ts';

/** @throws Refusal when the entity takes nothing now. */
export function checkOpen({ store, path, bytes }: Destination): void {
  const { status, maxBytes } = store.options;
  if (status === 'Disabled' || status === 'SendDisabled') throw new Refusal(condition.entityDisabled, `The entity '${path}' is disabled for sending.`);
  if (bytes >= maxBytes) throw new Refusal(condition.resourceLimitExceeded, `The maximum entity size has been reached or exceeded for '${path}'. Size of entity in bytes: ${bytes}, max entity size in bytes: ${maxBytes}.`);
}

/** @throws Refusal when the entity does not take such a message. */
export function checkContent(destination: Destination, content: Content): void {
  const size = content.applicationEnd - content.applicationAt;
  if (content.applicationAt >= 0 && size > limits.propertyBytes) {
    throw new Refusal(condition.argumentError, `The application properties take ${size} bytes; ${limits.propertyBytes} are allowed.`);
  }
  // Azure calls this an internal error, as if trying again could help (https://github.com/Azure/azure-sdk-for-net/issues/15325).
  if (size > limits.onePropertyBytes && largestProperty(content) > limits.onePropertyBytes) {
    throw new Refusal(condition.internalError, `The service was unable to process the request; please retry the operation. An application property takes more than ${limits.onePropertyBytes} bytes.`);
  }
  if (destination.store.options.requiresSession && content.sessionId === undefined) {
    throw new Refusal(condition.notAllowed, `The entity '${destination.path}' requires sessions; the message has no session id.`);
  }
}
