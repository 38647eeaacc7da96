// The desk on the command line. DESK_URL (`https://…/v1`) and DESK_TOKEN say where and who; on a laptop `npm run desk` fills them in.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { commands, usage, type Options } from './commands.ts';
import { csv } from './csv.ts';
import { printed } from './print.ts';

const { DESK_URL, DESK_TOKEN } = process.env;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

async function main(): Promise<number> {
  const { positionals: [name = '', ...positionals], values } = parseArgs({
    allowPositionals: true,
    options: {
      signature: text, topic: text, subscription: text, tenantId: text, storeId: text, saleId: text, type: text, failedFrom: text, failedUntil: text, text,
      reason: text, rule: text, limit: text, after: text, state: text, 'max-per-second': text, 'no-ramp': flag, json: flag, csv: flag,
    },
  });
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || positionals.length !== command.arguments) return fail(`${usage()}\n`);
  if (DESK_URL === undefined || DESK_TOKEN === undefined) return fail('DESK_URL and DESK_TOKEN are needed.\n');
  const options: Options = { ...values, ...(values.rule !== undefined && { rule: readFileSync(values.rule, 'utf8') }) };
  const { method, path, body } = command.call(positionals, options);
  const answer = await fetch(`${DESK_URL}/${path}`, {
    method,
    headers: { authorization: `Bearer ${DESK_TOKEN}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const result: unknown = await answer.json();
  if (!answer.ok) {
    const { title, detail, action, code } = result as { readonly title: string; readonly detail?: string; readonly action: string; readonly code: string };
    return fail(`${title}${detail === undefined ? '' : `: ${detail}`} [${code}]\n${action}\n`);
  }
  if (values.csv && name === 'list') process.stdout.write(csv((result as { readonly letters: Parameters<typeof csv>[0] }).letters));
  else process.stdout.write(`${values.json ? JSON.stringify(result, null, 2) : printed(name, result)}\n`);
  // A chain that does not hold is no success.
  return name === 'verify' && (result as { readonly broken?: unknown }).broken !== undefined ? 1 : 0;
}

function fail(message: string): number {
  process.stderr.write(message);
  return 2;
}

process.exitCode = await main().catch((error: unknown) => fail(`${error instanceof Error ? error.message : String(error)}\n`));
