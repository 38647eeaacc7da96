/** Why the desk says no: codes of the registry in `libs/contracts/src/errors.ts`, where each has its words. */
export type RefusalCode =
  | 'plan-unknown' | 'selection-empty' | 'nothing-selected' | 'selection-spans-subscriptions' | 'selection-too-large' | 'rule-invalid' | 'rule-breaks-contract'
  | 'reason-missing' | 'plan-expired' | 'plan-not-in-state' | 'approval-needed' | 'approval-by-same-person' | 'replay-forbidden' | 'another-plan' | 'breaker-open'
  | 'version-unsupported' | 'changed-meanwhile' | 'not-archived' | 'already-restored' | 'service-silent';

/** A normal answer: nothing was changed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly detail: string | undefined;

  constructor(code: RefusalCode, detail?: string) {
    super(detail ?? code);
    this.code = code;
    this.detail = detail;
  }
}
