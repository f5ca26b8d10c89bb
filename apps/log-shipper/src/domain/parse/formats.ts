import { apacheAccess } from './apache-access.js'
import { apacheError } from './apache-error.js'
import { auto } from './auto.js'
import { jsonLine } from './json-line.js'
import { nginxAccess } from './nginx-access.js'
import { nginxError } from './nginx-error.js'
import type { Parser } from './parser.js'
import { syslog3164 } from './syslog-3164.js'
import { syslog5424 } from './syslog-5424.js'

/** How a file can be said to be written: the values of `format` in `server_logs` and of `--format`. */
export const formats = {
  'nginx.access': nginxAccess,
  'nginx.error': nginxError,
  'apache.access': apacheAccess,
  'apache.error': apacheError,
  json: jsonLine,
  'syslog.rfc5424': syslog5424,
  'syslog.rfc3164': syslog3164,
} as const satisfies Record<string, Parser>

export type LineFormat = keyof typeof formats

/** With `auto`, the format is found out by each entry. */
export const formatNames: readonly (LineFormat | 'auto')[] = ['auto', ...(Object.keys(formats) as LineFormat[])]

/** The data set that entries of a format are filed in, be they parsed or not. */
export function datasetOf(format: string): string {
  if (format.startsWith('syslog')) return 'syslog'
  return Object.hasOwn(formats, format) ? format : 'generic'
}

/**
 * The parser of a format.
 *
 * @param format `auto` or a name that is not known here: it is found out by each entry
 * @param path where the file was found: tells nginx's access lines from Apache's, which can be the same
 */
export function parserOf(format: string, path: string): Parser {
  return Object.hasOwn(formats, format) ? formats[format as LineFormat] : auto(path)
}
