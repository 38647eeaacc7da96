import { app } from '@azure/functions';
import { readEnvironment } from '@checkout/service';
import { DeskEnvironment, deskSettings } from './config.ts';
import { assembleDesk } from './desk.ts';
import { serveDesk } from './transport/desk-http.ts';
import { hearOperations } from './transport/operations-bus.ts';
import { runTimers } from './transport/timers.ts';

// The entry point that the Functions host loads, on Azure and on a laptop alike.
const desk = assembleDesk(readEnvironment(DeskEnvironment, deskSettings(process.env)));
serveDesk(app, desk);
hearOperations(app, desk);
runTimers(app, desk);
app.hook.appTerminate(() => desk.close());
