import { applyPatch, type Operation } from 'rfc6902';

/** How an operator mends the bodies of a whole set: JSON Patch (RFC 6902), the same for every message of the plan. */
export type PatchRule = readonly Operation[];

/** What nobody edits: whose sale it is, which sale, and how much. Wherever in the body, under whichever parent. */
const locked: ReadonlySet<string> = new Set([
  'tenantId', 'storeId', 'tillId', 'saleId', 'commandId', 'messageId', 'paymentId', 'reservationId', 'receiptNumber',
  'currency', 'amountMinor', 'totalMinor', 'grossMinor', 'netMinor', 'taxMinor', 'unitPriceMinor', 'discountMinor', 'tenderedMinor', 'quantity', 'quantityMilli',
]);

const maxOperations = 50;

/** What is wrong with a rule, for whoever wrote it; nothing when it may be used. */
export function faultOf(rule: PatchRule): string | undefined {
  if (rule.length === 0) return 'The rule has no operation.';
  if (rule.length > maxOperations) return `The rule has more than ${maxOperations} operations.`;
  for (const operation of rule) {
    const paths = [operation.path, ...('from' in operation ? [operation.from] : [])];
    const held = paths.flatMap((path) => path.split('/')).find((part) => locked.has(part));
    if (held !== undefined && operation.op !== 'test') return `${operation.op} ${operation.path} touches ${held}, which is locked: ids, tenant and amounts stay as they are.`;
    // A new parent could bring another tenant or amount along inside its value.
    if ('value' in operation && operation.op !== 'test' && holdsLocked(operation.value)) return `${operation.op} ${operation.path} brings in a locked field inside its value.`;
    if (paths.includes('')) return `${operation.op} replaces the whole body; name what is to change.`;
  }
  return undefined;
}

/** @returns the mended copy, or why the rule does not fit this body. The original is never changed. */
export function patched(body: unknown, rule: PatchRule): { readonly body: unknown } | { readonly because: string } {
  const copy: unknown = structuredClone(body);
  const failed = applyPatch(copy, [...rule]).find((error) => error !== null);
  if (failed) return { because: failed.message };
  const before = lockedIn(body);
  const after = lockedIn(copy);
  return before === after ? { body: copy } : { because: 'The rule would change a locked field of this message.' };
}

const holdsLocked = (value: unknown): boolean => lockedIn(value) !== '[]';

/** Every locked member with its value, by path: equal before and after, or the patch is refused whatever way it went. */
function lockedIn(value: unknown): string {
  const found: [string, unknown][] = [];
  const visit = (at: unknown, path: string): void => {
    if (typeof at !== 'object' || at === null) return;
    for (const [key, member] of Object.entries(at)) {
      if (locked.has(key)) found.push([`${path}/${key}`, member]);
      else visit(member, `${path}/${key}`);
    }
  };
  visit(value, '');
  return JSON.stringify(found.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
