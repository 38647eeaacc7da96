import type { Connection, Receiver, Sender, Session } from 'rhea';
import rhea from 'rhea';
import { Refusal } from '../errors.ts';

/**
 * The parts of rhea that its typings leave out and that we rely on (rhea 3.0.5, specification §16). Everything is set on instances:
 * an SDK in the same process shares rhea's prototypes.
 */
interface EndpointInternals {
  readonly state: { open_requests: number; local_open: boolean };
  readonly local: { readonly handle: number; readonly attach: Record<string, unknown> };
  readonly remote: { readonly attach?: { readonly handle: number; readonly snd_settle_mode?: number | null; readonly rcv_settle_mode?: number | null } };
}

interface SessionInternals {
  readonly local: { readonly channel: number };
  readonly remote: { readonly channel: number; readonly begin: { readonly incoming_window: number; readonly next_outgoing_id: number } };
}

export type AnyLink = Sender | Receiver;

export const linkInternals = (link: AnyLink): EndpointInternals => link as unknown as EndpointInternals;
export const sessionInternals = (session: Session): SessionInternals => session as unknown as SessionInternals;

/** Address of a terminus as the client named it; undefined for none and for those rhea does not know (transaction coordinators). */
export function addressOf(terminus: unknown): string | undefined {
  const address = (terminus as { address?: unknown } | null | undefined)?.address;
  return typeof address === 'string' ? address : undefined;
}

/** A value inside the filter map of a source (specification §9.1); `undefined` when the key is absent. */
export function filterValue(link: AnyLink, key: string): unknown {
  const filter = (link.source as { filter?: Record<string, unknown> } | null | undefined)?.filter;
  if (!filter || !(key in filter)) return undefined;
  const value = filter[key];
  return unwrapTyped(value);
}

function unwrapTyped(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'value' in value ? (value as { value: unknown }).value : value;
}

/** Agrees to what the client asked: its source, its target, its settle modes. */
export function acceptAttach(link: AnyLink, extra: { readonly filter?: Readonly<Record<string, unknown>>; readonly properties?: Readonly<Record<string, unknown>>; readonly maxMessageBytes?: number } = {}): void {
  const { local, remote } = linkInternals(link);
  const source = addressOf(link.source);
  const target = addressOf(link.target);
  link.set_source({ ...(source === undefined ? {} : { address: source }), ...(extra.filter ? { filter: extra.filter } : {}) } as never);
  link.set_target((target === undefined ? {} : { address: target }) as never);
  local.attach['snd_settle_mode'] = remote.attach?.snd_settle_mode ?? 2;
  local.attach['rcv_settle_mode'] = remote.attach?.rcv_settle_mode ?? 0;
  if (extra.properties) local.attach['properties'] = extra.properties;
  if (extra.maxMessageBytes !== undefined) local.attach['max_message_size'] = extra.maxMessageBytes;
}

/** Answers with an attach without terminus and a detach with the error, both in one write (specification §7.1). */
export function refuseAttach(link: AnyLink, refusal: Refusal): void {
  link.open();
  link.close({ condition: refusal.condition, description: refusal.message });
}

/** rhea answers an attach of its own accord; this keeps the answer back until `link.open()`. */
export function withholdAttach(link: AnyLink): void {
  const { state } = linkInternals(link);
  state.open_requests = 0;
  state.local_open = false;
}

/** .NET ticks of a point in time, as the 8 bytes rhea needs for a long beyond 2^53. */
export function dotNetTicks(unixMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(unixMs) * 10_000n + 621_355_968_000_000_000n);
  return bytes;
}

export const { types } = rhea;
export type { Connection, Receiver, Sender, Session };
