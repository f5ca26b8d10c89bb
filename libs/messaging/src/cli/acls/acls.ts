import { kafkaClient } from '../../kafka/client.js'
import { aclKey } from '../../kafka/acl-codes.js'
import type { Acl } from '../../kafka/ports.js'
import type { Broken } from '../command.js'
import type { CommandConfig } from '../config.js'
import { grantsOf, users } from './grants.js'

export interface AclsOptions {
  /** What the topics of the bank's tables begin with: `<ETL_SOURCE_NAME>.<database>`. */
  readonly source: string
  /** `check` looks at the cluster, `apply` grants what is missing there. */
  readonly mode: 'check' | 'apply'
  /** With `apply`: whether the system's users lose what no service needs. */
  readonly remove: boolean
  /** With `apply`, by user, without the namespace: set on the cluster for SCRAM-SHA-512. */
  readonly passwords: Readonly<Record<string, string>>
}

/** One grant, and how it is on the cluster after the command. */
export type AclState = Acl & { readonly state: 'there' | 'missing' | 'created' | 'not needed' | 'removed' }

/** A grant that is missing on the cluster, or one too many. */
export interface BrokenAcl extends Broken {
  readonly rule: 'ACL_MISSING' | 'ACL_NOT_NEEDED'
}

/**
 * Holds the cluster against what the services need, and grants it. Users of other systems are left alone.
 *
 * @throws MessagingError KAFKA_UNAVAILABLE, KAFKA_REFUSED: also when the cluster has no authorizer
 */
export async function acls(config: CommandConfig, { source, mode, remove, passwords }: AclsOptions): Promise<{ acls: AclState[]; broken: BrokenAcl[] }> {
  const namespace = config.KAFKA_NAMESPACE
  const needed = grantsOf({ namespace, source })
  const ours = new Set(users.map((user) => namespace + user))
  const access = kafkaClient(config, 'topics').access()
  try {
    const there = (await access.acls()).filter(({ user }) => ours.has(user))
    const [keysThere, keysNeeded] = [new Set(there.map(aclKey)), new Set(needed.map(aclKey))]
    const missing = needed.filter((acl) => !keysThere.has(aclKey(acl)))
    const tooMany = there.filter((acl) => !keysNeeded.has(aclKey(acl)))
    if (mode === 'apply') {
      for (const [user, password] of Object.entries(passwords)) await access.setPassword(namespace + user, password)
      await access.createAcls(missing)
      if (remove) await access.deleteAcls(tooMany)
    }
    const states: AclState[] = [
      ...needed.map((acl) => ({ ...acl, state: keysThere.has(aclKey(acl)) ? ('there' as const) : mode === 'apply' ? ('created' as const) : ('missing' as const) })),
      ...tooMany.map((acl) => ({ ...acl, state: mode === 'apply' && remove ? ('removed' as const) : ('not needed' as const) })),
    ]
    return { acls: states, broken: mode === 'check' ? states.flatMap(brokenOf) : [] }
  } finally {
    await access.close()
  }
}

function brokenOf({ state, ...acl }: AclState): BrokenAcl[] {
  if (state === 'missing') return [{ rule: 'ACL_MISSING', message: `missing: ${textOf(acl)}. --apply grants it` }]
  if (state === 'not needed') return [{ rule: 'ACL_NOT_NEEDED', message: `not needed: ${textOf(acl)}. --apply --remove takes it away` }]
  return []
}

/** `User:notifier may READ TOPIC customers`. */
export function textOf({ user, operation, resource, name, pattern }: Acl): string {
  return `User:${user} may ${operation} ${resource} ${name}${pattern === 'PREFIXED' ? '*' : ''}`
}
