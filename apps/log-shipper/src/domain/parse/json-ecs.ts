import { endpoint, related, userAgentFields } from './draft.js'
import { isObject, type JsonObject, jsonTime } from './json-value.js'
import { isoTime } from './log-time.js'
import type { Draft, ParseContext } from './parser.js'

/** What an ECS line may say itself. Anything else goes below `json`: the index knows these only, and where an entry comes from is said by the shipper. */
const allowed: ReadonlySet<string> = new Set(['client', 'error', 'event', 'file', 'host', 'http', 'labels', 'log', 'message', 'process', 'server', 'service', 'source', 'destination', 'span', 'tags', 'trace', 'transaction', 'url', 'user', 'user_agent'])

/** Levels of nested names that are followed. */
const maxDepth = 8

/** Names that would reach JavaScript's own objects. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A line that an ECS logger wrote: dotted names (`"log.level"`) and nested ones are the same. A line without a time is
 * of when it was read.
 */
export function ecsLine(line: JsonObject, context: ParseContext): Draft | 'time' {
  const { '@timestamp': stamp, 'ecs.version': _version, ecs: _ecs, ...rest } = line
  const ms = jsonTime(stamp, context)
  if (Number.isNaN(ms)) return 'time'
  const known: JsonObject = {}
  const others: JsonObject = {}
  for (const [name, value] of Object.entries(rest)) {
    const path = name.split('.', maxDepth)
    const root = path[0] ?? ''
    if (!allowed.has(root) || path.some((part) => part === '' || forbidden.has(part)) || !put(known, path, value)) others[name] = value
  }
  const event = isObject(known['event']) ? known['event'] : {}
  const log = isObject(known['log']) ? known['log'] : {}
  delete log['offset']
  delete log['file']
  delete event['original']
  const { message, ...fields } = known
  const draft: Draft = {
    ...fields,
    '@timestamp': isoTime(ms ?? context.now),
    event: { ...event, kind: 'event', dataset: 'json' },
  }
  if (typeof message === 'string') draft.message = message
  else if (message !== undefined) others['message'] = message
  if (typeof event['dataset'] === 'string') others['dataset'] = event['dataset']
  if (Object.keys(others).length > 0) draft.json = others
  enrich(draft, context)
  return draft
}

/** What is looked up of an address and a user agent, where the line does not say it itself. */
function enrich(draft: Draft, context: ParseContext): void {
  const { source, client, user, user_agent: agent } = draft
  const address = source?.ip ?? source?.address
  if (typeof address === 'string') draft.source = { ...endpoint(address, context), ...source }
  if (typeof agent?.original === 'string' && agent.name === undefined) draft.user_agent = { ...userAgentFields(agent.original, context), ...agent }
  const { related: known } = related([draft.source?.ip, client?.ip].filter((ip) => typeof ip === 'string'), typeof user?.name === 'string' ? user.name : undefined)
  if (known !== undefined) draft.related = known
}

/** Puts a value at a path; false where something that is no object is in the way. */
function put(root: JsonObject, path: readonly string[], value: unknown): boolean {
  let at = root
  for (const part of path.slice(0, -1)) {
    const next = at[part]
    if (next === undefined) {
      const made: JsonObject = {}
      at[part] = made
      at = made
    } else if (isObject(next)) at = next
    else return false
  }
  const last = path.at(-1) ?? ''
  const there = at[last]
  if (isObject(there) && isObject(value)) {
    for (const [name, inner] of Object.entries(value)) if (!forbidden.has(name) && !put(there, [name], inner)) return false
    return true
  }
  if (there !== undefined) return false
  at[last] = value
  return true
}
