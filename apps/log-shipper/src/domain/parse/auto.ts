import { apacheAccess } from './apache-access.js'
import { apacheError } from './apache-error.js'
import { jsonLine } from './json-line.js'
import { nginxAccess } from './nginx-access.js'
import { nginxError } from './nginx-error.js'
import type { Parser } from './parser.js'
import { syslog3164 } from './syslog-3164.js'
import { syslog5424 } from './syslog-5424.js'

/**
 * Finds the format out by how an entry begins. Lines of the combined format are the same of nginx and Apache: the path
 * of the file decides where it names one of them, and else nginx is believed, unless only Apache writes such a line.
 */
export function auto(path: string): Parser {
  const access = accessParsers(path)
  return (line, context, truncated) => {
    const candidates = byBeginning(line) ?? access
    let reason: ReturnType<Parser> = 'format'
    for (const parse of candidates) {
      const found = parse(line, context, truncated)
      if (typeof found !== 'string') return found
      // That a time does not exist says more than that a format does not fit.
      if (reason === 'format') reason = found
    }
    return reason
  }
}

function accessParsers(path: string): readonly Parser[] {
  if (/apache|httpd/i.test(path) && !/nginx/i.test(path)) return [apacheAccess, nginxAccess, syslog3164]
  return [nginxCombined, apacheAccess, nginxAccess, syslog3164]
}

/** nginx always logs bytes, referrer and user agent. */
const nginxCombined: Parser = (line, context, truncated) => {
  const found = nginxAccess(line, context, truncated)
  if (typeof found === 'string') return found
  const isWhole = found.http?.response?.body !== undefined && line.endsWith('"')
  return isWhole || truncated || found.event.duration !== undefined ? found : 'format'
}

function byBeginning(line: string): readonly Parser[] | undefined {
  switch (line.charCodeAt(0)) {
    case 123: // {
      return [jsonLine]
    case 60: // <
      return [syslog5424, syslog3164]
    case 91: // [
      return [apacheError, apacheAccess]
    default:
      return line.charCodeAt(4) === 47 && line.charCodeAt(7) === 47 ? [nginxError] : undefined
  }
}
