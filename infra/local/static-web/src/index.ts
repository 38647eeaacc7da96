export { startStaticWeb, type RunningStaticWeb, type StaticWebOptions } from './server.ts';
