import { parseArgs } from 'node:util';
import { exitOnSignals } from '@checkout/local-network';
import { Counter } from './counter.ts';
import { morning, reEnact } from './incident/re-enact.ts';
import { scenes } from './incident/scenes.ts';
import { tellScene } from './incident/tell.ts';
import { SreBot } from './sre-bot.ts';
import { World } from './world/world.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const { values } = parseArgs({ options: { scene: { type: 'string' }, seed: { type: 'string', default: '430' } } });

const chosen = scenes.filter(({ name }) => values.scene === undefined || name === values.scene);
if (chosen.length === 0) {
  process.stderr.write(`There is no scene "${values.scene}". There are: ${scenes.map(({ name }) => name).join(', ')}.\n`);
  process.exit(3);
}

exitOnSignals();
try {
  say('The morning of the incident, re-enacted: every service as its own process, with stand-ins for Azure SQL, Service Bus and the payment partner.');
  say('Each scene is told as if its outage had begun at 04:30:00 UTC. The failing layer is what the system itself said, not what was done to it.\n');
  await using world = await World.open();
  const counter = await Counter.open(world, Number(values.seed));
  const bot = new SreBot(world.network.serviceBusConnection);
  const failed: string[] = [];
  for (const scene of chosen) {
    const retold = await reEnact(world, counter, bot, scene, morning, Number(values.seed));
    say(tellScene(retold));
    if (retold.failures.length > 0) failed.push(scene.name);
  }
  await counter.close();
  say(failed.length === 0 ? `Survived: ${chosen.length} of ${chosen.length} scenes.` : `${failed.length} of ${chosen.length} scenes failed: ${failed.join(', ')}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`The harness broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 3;
}
