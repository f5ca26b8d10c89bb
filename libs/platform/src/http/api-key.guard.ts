import { Inject, Injectable, SetMetadata, UseGuards, applyDecorators, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger'
import { findApiKey, type ApiKey } from './api-key.js'
import { scopeMissing, unauthenticated } from './api-key.problems.js'

/** What a service's keys are injected by: `readonly ApiKey[]`. A module with a route under `RequireScope` provides it. */
export const API_KEYS = Symbol('API keys')

const requiredScope = 'swipestream:required-scope'

/** Names of the ways to send a key, in the API's description. */
export const bearerScheme = 'bearer'
export const headerScheme = 'x-api-key'

interface ApiRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Set by the guard: whose key it was. */
  client?: string
}

/**
 * Lets a request through when its API key has the scope. Without it the route answers 401 or 403.
 *
 * @example @RequireScope<Scope>('transactions:read')
 */
export function RequireScope<S extends string>(scope: S): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(requiredScope, scope), UseGuards(ApiKeyGuard), ApiBearerAuth(bearerScheme), ApiSecurity(headerScheme))
}

/** Checks the key in `Authorization: Bearer` (RFC 6750) or, without that header, in `X-API-Key`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(API_KEYS) private readonly keys: readonly ApiKey[],
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const scope = this.reflector.getAllAndOverride<string | undefined>(requiredScope, [context.getHandler(), context.getClass()])
    if (scope === undefined) throw new TypeError('a guarded route names no scope')
    const request = context.switchToHttp().getRequest<ApiRequest>()
    const presented = presentedKey(request)
    if (presented === undefined) throw unauthenticated(false)
    const key = findApiKey(this.keys, presented)
    if (key === undefined) throw unauthenticated(true)
    if (!key.scopes.has(scope)) throw scopeMissing(scope)
    request.client = key.client
    return true
  }
}

function presentedKey({ headers }: ApiRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = headers
  if (authorization !== undefined) return /^bearer +(\S+)$/i.exec(String(authorization))?.[1]
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined
}
