import { readFileSync } from 'node:fs'
import { toError } from '@swipestream/platform'
import { type Outcome, UsageError } from '../command.js'
import { commandConfig, namespaceConfig } from '../config.js'
import { acls, textOf } from './acls.js'
import { grantsOf, users } from './grants.js'

interface Values {
  readonly check?: boolean | undefined
  readonly apply?: boolean | undefined
  readonly remove?: boolean | undefined
  readonly passwords?: string | undefined
  readonly source?: string | undefined
}

/** `topics acls`. @throws UsageError; as `acls` */
export async function grant({ source = 'bank.bank', check = false, apply = false, remove = false, passwords }: Values): Promise<Outcome> {
  if (check && apply) throw new UsageError('--check changes nothing, --apply does: one of the two')
  if (!apply && (remove || passwords !== undefined)) throw new UsageError('--remove and --passwords need --apply')
  if (!/^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+$/.test(source)) throw new UsageError(`--source takes two names and a dot between them, as bank.bank, not ${source}`)
  if (!check && !apply) {
    const { KAFKA_NAMESPACE: namespace } = namespaceConfig()
    const needed = grantsOf({ namespace, source })
    return { lines: needed.map(textOf), json: { acls: needed, broken: [] } }
  }
  const asked = { source, mode: apply ? 'apply' : 'check', remove, passwords: passwords === undefined ? {} : passwordsIn(passwords) } as const
  const { acls: states, broken } = await acls(commandConfig(), asked)
  return { lines: states.map(({ state, ...acl }) => `${state.padEnd(10)}  ${textOf(acl)}`), json: { acls: states, broken } }
}

/** @throws UsageError, which repeats nothing of what is in the file */
function passwordsIn(file: string): Record<string, string> {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--passwords ${file} cannot be read${error instanceof SyntaxError ? ' as JSON' : `: ${toError(error).message}`}`)
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new UsageError(`--passwords ${file} is no object of users and passwords`)
  for (const [user, password] of Object.entries(read)) {
    if (!users.includes(user)) throw new UsageError(`--passwords ${file} names ${user}; the users are ${users.join(', ')}`)
    if (typeof password !== 'string' || password.length < 16) throw new UsageError(`--passwords ${file}: the password of ${user} is no text of at least 16 characters`)
  }
  return read as Record<string, string>
}
