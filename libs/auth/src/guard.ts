import { createParamDecorator, Inject, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from './auth-error.ts';
import { isGranted, type Permission } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { TokenVerifier } from './token.ts';

/** The injection token under which an application provides its {@link TokenVerifier}. */
export const TOKEN_VERIFIER = Symbol('TokenVerifier');

const requirement = 'checkout:requires';
const anyone = Symbol('anyone');

/** The one permission that a route, or each route of a controller, needs. A route without it answers nobody. */
export const Requires = (permission: Permission) => SetMetadata(requirement, permission);

/** A route for callers without a token. Say why where it is used. */
export const Public = () => SetMetadata(requirement, anyone);

/** What the guard leaves on the request. */
export interface Authenticated {
  principal?: Principal | null;
}

/** The caller of a guarded route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => callerOf(context.switchToHttp().getRequest<Authenticated>()));

/** @throws AuthError when the request did not pass the guard */
export function callerOf(request: Authenticated): Principal {
  if (!request.principal) throw new AuthError('auth-missing', 'the route is not guarded');
  return request.principal;
}

/**
 * Lets a request pass when its token is good and grants what the route requires.
 * A route that declares neither `@Requires` nor `@Public` is closed: forgetting is not a way in.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  readonly #verifier: TokenVerifier | undefined;

  constructor(@Inject(TOKEN_VERIFIER) verifier: TokenVerifier | undefined) {
    this.#verifier = verifier;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const required = requirementOf(context);
    if (required === anyone) return true;
    const request = context.switchToHttp().getRequest<Authenticated & { readonly headers: { readonly authorization?: string } }>();
    if (!this.#verifier) throw new AuthError('auth-invalid', 'this service was started without an identity provider');
    const principal = this.#verifier.verify(request.headers.authorization);
    return principal instanceof Promise ? principal.then((verified) => admit(request, verified, required)) : admit(request, principal, required);
  }
}

function requirementOf(context: ExecutionContext): Permission | typeof anyone | undefined {
  return Reflect.getMetadata(requirement, context.getHandler()) ?? Reflect.getMetadata(requirement, context.getClass());
}

function admit(request: Authenticated, principal: Principal, required: Permission | undefined): true {
  if (required === undefined || !isGranted(principal, required)) throw new AuthError('scope-missing', `needs ${required ?? 'a permission that the route does not declare'}`);
  request.principal = principal;
  return true;
}
