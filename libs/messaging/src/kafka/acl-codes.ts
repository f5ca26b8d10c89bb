import type { Acl } from './ports.js'

/** Codes of Kafka's protocol (ResourceType, PatternType, AclOperation, AclPermissionType in its sources). */
const resources = { TOPIC: 2, GROUP: 3, CLUSTER: 4, TRANSACTIONAL_ID: 5 } as const
const patterns = { LITERAL: 3, PREFIXED: 4 } as const
const operations = {
  ALL: 2, READ: 3, WRITE: 4, CREATE: 5, DELETE: 6, ALTER: 7, DESCRIBE: 8, CLUSTER_ACTION: 9, DESCRIBE_CONFIGS: 10, ALTER_CONFIGS: 11, IDEMPOTENT_WRITE: 12,
} as const
const allow = 3
const userPrefix = 'User:'
const everywhere = '*'

type CodeOf<T> = T[keyof T]

/** An ACL as clients take it. */
export interface AclCodes {
  readonly resourceType: CodeOf<typeof resources>
  readonly resourceName: string
  readonly resourcePatternType: CodeOf<typeof patterns>
  readonly principal: string
  readonly host: string
  readonly operation: CodeOf<typeof operations>
  readonly permissionType: typeof allow
}

/** Matches all there are, of any name, user and host. */
export const anyAcl = { resourceType: 1, resourcePatternType: 1, operation: 1, permissionType: 1 } as const

export function aclCodes({ user, resource, name, pattern, operation }: Acl): AclCodes {
  return {
    resourceType: resources[resource], resourceName: name, resourcePatternType: patterns[pattern],
    principal: userPrefix + user, host: everywhere, operation: operations[operation], permissionType: allow,
  }
}

interface SomeCodes {
  readonly resourceType: number
  readonly resourceName: string
  readonly resourcePatternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** None for what is no allowance to a user from everywhere. */
export function aclOf({ resourceType, resourceName: name, resourcePatternType, principal, host, operation: code, permissionType }: SomeCodes): Acl | undefined {
  const resource = labelOf(resources, resourceType)
  const pattern = labelOf(patterns, resourcePatternType)
  const operation = labelOf(operations, code)
  if (!resource || !pattern || !operation || permissionType !== allow || host !== everywhere || !principal.startsWith(userPrefix)) return undefined
  return { user: principal.slice(userPrefix.length), resource, name, pattern, operation }
}

/** One line, the same for equal ones. */
export function aclKey({ user, resource, name, pattern, operation }: Acl): string {
  return [user, resource, pattern, name, operation].join(' ')
}

function labelOf<T extends Readonly<Record<string, number>>>(codes: T, code: number): keyof T | undefined {
  return Object.keys(codes).find((label) => codes[label] === code)
}
