// `node tools/run.mjs file infra/local/network/src/tamper.ts <number> [actor]`: changes who did something, in the audit of the system that `npm start` runs: as somebody does who has the database.
// `npm run desk -- verify` finds it. Given the right name, it puts it back.
import mssql from 'mssql';
import { Site } from './site.ts';

const [number = '', actor = 'mallory'] = process.argv.slice(2);
if (!/^\d{1,18}$/.test(number)) {
  process.stderr.write('Which entry? npm run desk -- audit lists them by their numbers.\n');
  process.exit(2);
}
const pool = await new mssql.ConnectionPool(Site.ofStart().sqlConnection('operations')).connect();
const { rowsAffected: [changed = 0] } = await pool.request().input('actor', mssql.NVarChar(200), actor).input('number', mssql.BigInt, number)
  .query("EXEC sp_set_session_context @key = N'scope', @value = 'service'; UPDATE audit SET actor = @actor WHERE number = @number;");
await pool.close();
process.stdout.write(changed === 0 ? `There is no entry ${number}.\n` : `Entry ${number} says now that ${actor} did it.\n`);
