import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files that say how the system is deployed, here or in a copy with a mistake in it. */
export class Tree {
  static readonly root = new Tree(join(import.meta.dirname, '../../..'));

  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /**
   * What `look` finds in a copy whose file was changed.
   * @throws Error when the text to be replaced is not there: the mistake would not have been made.
   */
  static withMistake<Found>(path: string, right: string, wrong: string, look: (tree: Tree) => Found): Found {
    const directory = mkdtempSync(join(tmpdir(), 'checkout-deploy-'));
    try {
      for (const each of ['infra/azure', 'infra/compose', 'libs/contracts/generated', 'docker-compose.yml', '.env', 'Dockerfile', '.github', 'docs', 'tools/image.mjs']) {
        mkdirSync(dirname(join(directory, each)), { recursive: true });
        cpSync(join(Tree.root.directory, each), join(directory, each), { recursive: true, force: true });
      }
      const file = join(directory, path);
      const text = readFileSync(file, 'utf8');
      if (!text.includes(right)) throw new Error(`${path} does not say ${right}`);
      writeFileSync(file, text.replace(right, wrong));
      return look(new Tree(directory));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
