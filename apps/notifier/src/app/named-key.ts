import type { KeyObject } from 'node:crypto'
import type { VersionedKeys } from '@swipestream/platform'
import { errors, type JWTHeaderParameters } from 'jose'

/** Finds the key that a token's header names: `kid` is its version. @throws errors.JWKSNoMatchingKey when it is not there (any more) */
export function namedKey({ byVersion }: VersionedKeys): (header: Pick<JWTHeaderParameters, 'kid'>) => KeyObject {
  return ({ kid }) => {
    const key = byVersion.get(Number(kid))
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key.secret
  }
}
