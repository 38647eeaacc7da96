import { catalogue } from '@checkout/contracts';
import { patched, type PatchRule } from './patch-rule.ts';

/** Service Bus Standard takes 256 KB with all properties, of which there may be this much less than the whole. */
const maxBodyBytes = 230_000;

/**
 * A body as the rule of a plan mends it: still what its contract says, and still of a size that the bus takes.
 * @returns the mended copy, or why the message cannot be put back with this rule. The original is never changed.
 */
export function mended(
  { type, body }: { readonly type: string | undefined; readonly body: unknown }, rule: PatchRule, maxBytes = maxBodyBytes,
): { readonly body: unknown } | { readonly because: string } {
  const contract = type === undefined ? undefined : catalogue.get(type);
  if (!contract) return { because: `No contract declares the type ${type ?? '(none)'}, so nobody can tell what a mended one is.` };
  const result = patched(body, rule);
  if ('because' in result) return result;
  const read = contract.schema.safeParse(result.body);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { because: `After the patch it is no ${contract.type}: /${(issue?.path ?? []).join('/')} ${issue?.message ?? ''}`.slice(0, 400) };
  }
  const bytes = Buffer.byteLength(JSON.stringify(result.body));
  return bytes > maxBytes ? { because: `After the patch it has ${bytes} bytes; the bus takes ${maxBytes}.` } : result;
}
