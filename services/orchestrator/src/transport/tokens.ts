/** Injection tokens of what is no class of ours. */
export const LOGGER = Symbol('Logger');
export const ATTENTION = Symbol('Attention');
export const SALES = Symbol('Sales');
export const GIVE_UP = Symbol('GiveUp');
export const REFUNDS = Symbol('Refunds');
export const REFUND_TIMELINE = Symbol('RefundTimeline');
export const REFUND_ATTENTION = Symbol('RefundAttention');
