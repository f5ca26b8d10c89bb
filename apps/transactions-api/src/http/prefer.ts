/** Name of the header, as errors and the API's description spell it (RFC 7240). */
export const preferHeader = 'Prefer'

/** The longest an answer is held, in seconds: below what proxies and clients usually wait for one. */
export const longestWaitSeconds = 30

/** Elements of the list; a comma within quotes does not end one, and quotes that are not closed go on to the end. */
const elements = /(?:"(?:[^"\\]|\\.)*(?:"|$)|[^,"])+/g
const preference = /^[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:=[ \t]*("[^"]*"|[^ \t;"]*)[ \t]*)?(?:;|$)/i

/**
 * How long the client would have its answer wait for the decision (RFC 7240 section 4.3): whole seconds, 1 to 30; more is
 * cut to 30. Undefined without that wish. A preference that cannot be read is no error, but is not there (section 2); of
 * several, the first counts.
 */
export function waitSeconds(header: string | undefined): number | undefined {
  for (const element of header?.match(elements) ?? []) {
    const [, name, value] = preference.exec(element) ?? []
    if (name?.toLowerCase() !== 'wait') continue
    const seconds = /^"?([0-9]{1,9})"?$/.exec(value ?? '')?.[1]
    return Math.min(Number(seconds ?? 0), longestWaitSeconds) || undefined
  }
  return undefined
}
