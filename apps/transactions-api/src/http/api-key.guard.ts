import { Inject, Injectable, SetMetadata, UseGuards, applyDecorators, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger'
import { CONFIG, type Config } from '../config.js'
import { findApiKey, type Scope } from '../app/api-key.js'
import { scopeMissing, unauthenticated } from './problems.js'

const requiredScope = 'swipestream:required-scope'

/** Names of the ways to send a key, in the API's description. */
export const bearerScheme = 'bearer'
export const headerScheme = 'x-api-key'

interface ApiRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Set by the guard: whose key it was. */
  client?: string
}

/** Lets a request through when its API key has the scope. Without it the route answers 401 or 403. */
export function RequireScope(scope: Scope): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(requiredScope, scope), UseGuards(ApiKeyGuard), ApiBearerAuth(bearerScheme), ApiSecurity(headerScheme))
}

/** Checks the key in `Authorization: Bearer` (RFC 6750) or, without that header, in `X-API-Key`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(requiredScope, [context.getHandler(), context.getClass()])
    if (scope === undefined) throw new TypeError('a guarded route names no scope')
    const request = context.switchToHttp().getRequest<ApiRequest>()
    const presented = presentedKey(request)
    if (presented === undefined) throw unauthenticated(false)
    const key = findApiKey(this.config.API_KEYS, presented)
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
