/** What the desk answers an operator who asks for something that may not be. Stable: consoles and scripts match on it. */
export const refusals = {
  'plan-unknown': 'There is no such plan among those you may see.',
  'selection-empty': 'The selection names nothing. Give a signature, a filter or sequence numbers.',
  'nothing-selected': 'No dead letter fits the selection.',
  'selection-spans-subscriptions': 'The selection has dead letters of several subscriptions. A plan is for one: add topic and subscription.',
  'selection-too-large': 'The selection has more dead letters than one plan takes.',
  'rule-invalid': 'The patch rule cannot be used.',
  'rule-breaks-contract': 'After the patch the message is not what its contract says.',
  'reason-missing': 'Say why.',
  'plan-expired': 'The plan is too old: what it was made for may have changed. Make a new one.',
  'plan-not-in-state': 'The plan cannot do that in the state it is in.',
  'approval-needed': 'The plan can move money: a second person must approve it.',
  'approval-by-same-person': 'Whoever made the plan cannot approve it.',
  'not-permitted': 'Your role does not allow that.',
  'another-plan': 'Some of the dead letters are in another plan already.',
  'breaker-open': 'What caused the failures is still down.',
  'changed-meanwhile': 'Somebody else changed the plan at the same time. Look again.',
  'not-archived': 'There is no such message in the archive.',
  'already-restored': 'The message has been restored before.',
  'service-silent': 'The service that would handle the messages cannot be asked.',
} as const;

export type RefusalCode = keyof typeof refusals;

/** A normal answer: nothing was changed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly detail: string | undefined;

  constructor(code: RefusalCode, detail?: string) {
    super(detail === undefined ? refusals[code] : `${refusals[code]} ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}
