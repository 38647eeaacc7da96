import { PlatformEnvironment } from '@checkout/service';

/** The orchestrator needs nothing that the others do not need too. */
export const Environment = PlatformEnvironment;
