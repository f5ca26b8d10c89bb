import { preconditionMissing, requestInvalid } from './problems.js'

/** The headers that say of which version a change is. */
export interface Preconditions {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}

/** What `If-Match` may be, for the description of the API. */
export const versionPattern = '^"[1-9][0-9]{0,8}"$'

/** The entity tag of a version. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/**
 * The version that `If-Match: "<version>"` names, 0 for `If-None-Match: *`, undefined when neither is sent.
 *
 * @throws Problem 422 REQUEST_INVALID for headers that say anything else
 */
export function expectedVersion({ 'if-match': match, 'if-none-match': noneMatch }: Preconditions): number | undefined {
  if (match !== undefined && noneMatch !== undefined) {
    throw requestInvalid([{ field: 'header.If-Match', detail: 'must not be sent together with If-None-Match' }])
  }
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw requestInvalid([{ field: 'header.If-None-Match', detail: 'must be *: the rule is to be new' }])
    return 0
  }
  if (match === undefined) return undefined
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(match)?.[1]
  if (version === undefined) throw requestInvalid([{ field: 'header.If-Match', detail: 'must be one version in quotes, as ETag has it: "3"' }])
  return Number(version)
}

/** The same, of a change that must say it. @throws Problem 428 PRECONDITION_MISSING, and as `expectedVersion` */
export function requiredVersion(headers: Preconditions): number {
  const version = expectedVersion(headers)
  if (version === undefined) throw preconditionMissing()
  return version
}
