import type { Log } from './child.ts';

const colours = [36, 33, 35, 32, 34, 96, 93, 95, 92];

/** Each line with its program's name in front, in a colour of its own where there is a terminal. */
export function prefixedLog(write: (line: string) => void = (line) => void process.stdout.write(`${line}\n`)): Log {
  const names: string[] = [];
  return (name, line) => {
    if (!names.includes(name)) names.push(name);
    const label = name.padEnd(12);
    write(process.stdout.isTTY ? `\u001B[${colours[names.indexOf(name) % colours.length] ?? 37}m${label}\u001B[0m ${line}` : `${label} ${line}`);
  };
}

/** Keeps quiet, but remembers the last lines for when something goes wrong. */
export function quietLog(keep = 60): { readonly log: Log; readonly last: () => string } {
  const lines: string[] = [];
  return {
    log: (name, line) => {
      lines.push(`${name.padEnd(12)} ${line}`);
      if (lines.length > keep) lines.shift();
    },
    last: () => lines.join('\n'),
  };
}
