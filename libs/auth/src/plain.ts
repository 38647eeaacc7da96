/** Who asks and what they may, for a program that has no Nest in it: the functions app. */
export { isGranted, type Permission } from './permissions.ts';
export { type Principal } from './principal.ts';
export { TokenVerifier } from './token.ts';
