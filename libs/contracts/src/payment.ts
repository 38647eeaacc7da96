import { z } from 'zod';
import { command, event, type MessageOf } from './contract.ts';
import { RefundParts } from './refund.ts';
import { Amount, Currency, maxTenders, ofRefund, ofSale, Tender, Text } from './shapes.ts';

/** Holds the money of every tender of one sale. Safe to repeat: the sale and the tender's position are the key. */
export const AuthorizePayment = command('payment-commands', 'payment.authorize-payment.v1', z.strictObject({
  ...ofSale,
  currency: Currency,
  totalMinor: Amount,
  tenders: z.array(Tender).min(1).max(maxTenders),
}));
export type AuthorizePayment = MessageOf<typeof AuthorizePayment>;

export const PaymentAuthorized = event('checkout-replies', 'payment.payment-authorized.v1', z.strictObject({ ...ofSale, totalMinor: Amount }));
export type PaymentAuthorized = MessageOf<typeof PaymentAuthorized>;

/** One tender was refused; every other tender of the sale has been given back. */
export const PaymentDeclined = event('checkout-replies', 'payment.payment-declined.v1', z.strictObject({
  ...ofSale,
  /** Which tender, counted from 1 in the order the till sent them. */
  position: z.int().min(1),
  declineCode: Text(60),
}));
export type PaymentDeclined = MessageOf<typeof PaymentDeclined>;

/** Takes the money that was authorized. After the first capture there is no way back, only forward. */
export const CapturePayment = command('payment-commands', 'payment.capture-payment.v1', z.strictObject({ ...ofSale }));
export type CapturePayment = MessageOf<typeof CapturePayment>;

export const PaymentCaptured = event('checkout-replies', 'payment.payment-captured.v1', z.strictObject({
  ...ofSale,
  capturedMinor: Amount,
  changeMinor: Amount,
}));
export type PaymentCaptured = MessageOf<typeof PaymentCaptured>;

/** Nothing was taken and nothing can be: the authorization is gone. */
export const CaptureRefused = event('checkout-replies', 'payment.capture-refused.v1', z.strictObject({ ...ofSale, declineCode: Text(60) }));
export type CaptureRefused = MessageOf<typeof CaptureRefused>;

/** The payment cannot go on by itself, and a person has been asked to look. Whoever waits for it goes on waiting: the answer will come. */
export const PaymentStalled = event('checkout-replies', 'payment.payment-stalled.v1', z.strictObject({ ...ofSale, reason: Text(60) }));
export type PaymentStalled = MessageOf<typeof PaymentStalled>;

/** Undoes `AuthorizePayment`, whether or not it ever arrived, and bars a late authorization. */
export const VoidPayment = command('payment-commands', 'payment.void-payment.v1', z.strictObject({ ...ofSale }));
export type VoidPayment = MessageOf<typeof VoidPayment>;
export const PaymentVoided = event('checkout-replies', 'payment.payment-voided.v1', z.strictObject({ ...ofSale }));
export type PaymentVoided = MessageOf<typeof PaymentVoided>;

/** Gives money of a captured sale back, once: the refund's id is the key. Never more than was captured of a tender and has not gone back yet. */
export const RefundPayment = command('payment-commands', 'payment.refund-payment.v1', z.strictObject({
  ...ofRefund,
  currency: Currency,
  totalMinor: Amount,
  parts: RefundParts,
}));
export type RefundPayment = MessageOf<typeof RefundPayment>;

/** Every part has gone back, or is to be handed over in cash. */
export const PaymentRefunded = event('checkout-replies', 'payment.payment-refunded.v1', z.strictObject({
  ...ofRefund,
  totalMinor: Amount,
  /** As it was done: what a card did not take although another took its part is cash. */
  parts: RefundParts,
}));
export type PaymentRefunded = MessageOf<typeof PaymentRefunded>;

/** Nothing went back, and under this refund nothing will. */
export const RefundDeclined = event('checkout-replies', 'payment.refund-declined.v1', z.strictObject({
  ...ofRefund,
  /** Which tender of the sale did not take it. */
  position: z.int().min(1),
  declineCode: Text(60),
}));
export type RefundDeclined = MessageOf<typeof RefundDeclined>;

/** As `PaymentStalled`, of a refund. */
export const RefundStalled = event('checkout-replies', 'payment.refund-stalled.v1', z.strictObject({ ...ofRefund, reason: Text(60) }));
export type RefundStalled = MessageOf<typeof RefundStalled>;
