import { languages, type Language } from '@checkout/contracts';
import { enrolmentIn, type Enrolment } from './device/enrolment.ts';
import { openTillDatabase, type TillDatabase } from './journal/indexed-db.ts';
import { Till } from './till.ts';
import { preferredLanguage } from './words/index.ts';

export interface Device {
  readonly database: TillDatabase;
  readonly till: Till | undefined;
}

/** Opens what this device has: its journal, and the till that it is when it has been set up. */
export async function openDevice(): Promise<Device> {
  const database = await openTillDatabase();
  const given = enrolmentIn(location.hash);
  // The secret is not left in the address bar, and not in the history.
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  if (given) await database.put('kept', given, 'enrolment');
  const enrolment = given ?? ((await database.get('kept', 'enrolment')) as Enrolment | undefined);
  return { database, till: enrolment && (await tillOf(database, enrolment)) };
}

/** Sets this device up as a till. */
export async function enrol(database: TillDatabase, enrolment: Enrolment): Promise<Till> {
  await database.put('kept', enrolment, 'enrolment');
  return tillOf(database, enrolment);
}

export function languageOfDevice(): Language {
  const chosen = localStorage.getItem('scanlon-till-language');
  return languages.find((each) => each === chosen) ?? preferredLanguage(navigator.languages);
}

async function tillOf(database: TillDatabase, enrolment: Enrolment): Promise<Till> {
  const till = new Till(database, enrolment, languageOfDevice());
  document.documentElement.lang = till.view.language;
  await till.start();
  return till;
}
