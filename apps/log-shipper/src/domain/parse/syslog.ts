import type { EcsSyslog } from './ecs.js'

const facilities = ['kernel', 'user-level', 'mail', 'system', 'security/authorization', 'syslogd', 'line printer', 'network news', 'UUCP', 'clock', 'security/authorization', 'FTP', 'NTP', 'log audit', 'log alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7']
const severities = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug']
const levels = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug']

/** `<PRI>` at the beginning (RFC 5424, 6.2.1); undefined where there is none. */
export function priorityOf(line: string): { priority: number; end: number } | undefined {
  if (line.charCodeAt(0) !== 60) return undefined
  const close = line.indexOf('>')
  if (close < 2 || close > 4) return undefined
  const digits = line.slice(1, close)
  const priority = Number(digits)
  return /^\d+$/.test(digits) && priority <= 191 ? { priority, end: close + 1 } : undefined
}

/** What a priority says, named as in RFC 5424, tables 1 and 2. */
export function priorityFields(priority: number): { level: string; syslog: EcsSyslog } {
  const facility = priority >> 3
  const severity = priority & 7
  return {
    level: levels[severity] ?? '',
    syslog: { priority, facility: { code: facility, name: facilities[facility] ?? '' }, severity: { code: severity, name: severities[severity] ?? '' } },
  }
}

/** Whether a severity is of something that went wrong. */
export function isError(syslog: EcsSyslog): boolean {
  return (syslog.severity?.code ?? 7) <= 3
}
