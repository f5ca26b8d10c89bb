import { describe, expect, test } from 'vitest'
import { context, draft } from './parse.fixture.js'
import { syslog3164 } from './syslog-3164.js'
import { syslog5424 } from './syslog-5424.js'

describe('a line of RFC 5424', () => {
  const parse = (line: string) => draft(syslog5424, line)

  test('has priority, host, app, process and structured data', () => {
    const line = String.raw`<165>1 2026-10-11T22:14:15.003Z web1 evntslog 8710 ID47 [a@32473 iut="3" text="say \"hi\" \] \\"][b@32473] ` + '\uFEFFAn event'
    expect(parse(line)).toEqual({
      '@timestamp': '2026-10-11T22:14:15.003Z',
      event: { kind: 'event', type: ['info'], dataset: 'syslog' },
      log: {
        level: 'notice',
        syslog: {
          priority: 165,
          facility: { code: 20, name: 'local4' },
          severity: { code: 5, name: 'Notice' },
          version: '1',
          hostname: 'web1',
          appname: 'evntslog',
          procid: '8710',
          msgid: 'ID47',
          structured_data: { 'a@32473': { iut: '3', text: String.raw`say "hi" ] \ `.trimEnd() }, 'b@32473': {} },
        },
      },
      host: { hostname: 'web1' },
      process: { name: 'evntslog', pid: 8710 },
      message: 'An event',
    })
  })

  test('of dashes has what is left, at the time when it was read', () => {
    const found = parse('<11>1 - - - - - -')
    expect(found['@timestamp']).toBe('2026-11-29T12:00:00.000Z')
    expect(found.event.type).toEqual(['error'])
    expect(found.message).toBe('')
    expect(found.host).toBeUndefined()
  })

  test.each([['<192>1 - - - - - - x', 'format'], ['<11>2 - - - - - - x', 'format'], ['<11>1 - - - - - [a b="c', 'format'], ['<11>1 2026-13-01T00:00:00Z - - - - - x', 'time'], ['<11>1 a b', 'format']])('%s is none: %s', (line, reason) => {
    expect(syslog5424(line, context, false)).toBe(reason)
  })
})

describe('a line of RFC 3164', () => {
  const parse = (line: string) => draft(syslog3164, line)

  test('has host, tag and process, and the year of the clock', () => {
    const found = parse("<34>Oct  7 22:14:15 mymachine su[231]: 'su root' failed")
    expect(found).toMatchObject({ '@timestamp': '2026-10-07T22:14:15.000Z', host: { hostname: 'mymachine' }, process: { name: 'su', pid: 231 }, message: "'su root' failed", log: { level: 'critical' } })
  })

  test.each([['Nov 30 11:00:00', '2026-11-30T11:00:00.000Z'], ['Dec 31 23:59:59', '2025-12-31T23:59:59.000Z'], ['Feb 29 01:00:00', '2024-02-29T01:00:00.000Z']])('of %s is of %s: never more than a day ahead', (stamp, time) => {
    expect(parse(`${stamp} h t: m`)['@timestamp']).toBe(time)
  })

  test('can be without priority, tag or process', () => {
    expect(parse('Oct 17 22:14:15 h kernel: [12.5] up')).toMatchObject({ process: { name: 'kernel' }, message: '[12.5] up' })
    expect(parse('Oct 17 22:14:15 h just words here').message).toBe('just words here')
  })

  test('can have a time of RFC 3339', () => {
    expect(parse('2026-10-07T22:14:15.123456+02:00 h cron[9]: run')['@timestamp']).toBe('2026-10-07T20:14:15.123Z')
  })

  test.each([['Oct 32 22:14:15 h t: m', 'time'], ['hello world', 'format'], ['Oct 17 22:14:15', 'format']])('%s is none: %s', (line, reason) => {
    expect(syslog3164(line, context, false)).toBe(reason)
  })
})
