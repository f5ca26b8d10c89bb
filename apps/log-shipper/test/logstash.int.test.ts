import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { javaProgram } from '@swipestream/stack'
import { beforeAll, describe, expect, test } from 'vitest'
import type { EcsDocument } from '../src/domain/parse/ecs.js'
import { parseEntry } from '../src/domain/parse/parse-entry.js'
import { utc } from '../src/domain/parse/zone.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const root = '../../../'
const patterns = path(`${root}deploy/logstash/patterns/swipestream`)
const pipeline = readFileSync(path(`${root}deploy/logstash/pipeline/swipestream.conf`), 'utf8')
const data = join(process.env['SWIPESTREAM_DATA'] ?? path(`${root}../shared/data`), 'logs')

/** Which expression the pipeline reads each format by. */
const patternOf: Readonly<Record<string, string>> = { 'nginx.access': 'SWIPE_ACCESS', 'apache.access': 'SWIPE_ACCESS', 'nginx.error': 'SWIPE_NGINXERROR', 'apache.error': 'SWIPE_APACHEERROR', 'syslog.rfc5424': 'SWIPE_SYSLOG5424', 'syslog.rfc3164': 'SWIPE_SYSLOG3164' }

const lines: [format: string, line: string][] = [
  ['nginx.access', '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b=c HTTP/1.1" 200 612 "-" "curl/8.5"'],
  ['nginx.access', '192.0.2.1, 203.0.113.9 - ada [03/Feb/2026:04:05:06 +0100] "POST /v1/cards HTTP/2.0" 503 0 "https://example.org/x" "Mozilla/5.0 (X11)" 0.125'],
  ['nginx.access', String.raw`2001:db8::1 - - [03/Feb/2026:04:05:06 +0000] "\x16\x03\x01" 400 150 "-" "-"`],
  ['nginx.access', '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "" 400 0 "-" "-" "198.51.100.4"'],
  ['apache.access', '::1 - - [26/Dec/2025:16:16:29 +0200] "GET /favicon.ico HTTP/1.1" 404 209'],
  ['apache.access', 'www.example.org:443 198.51.100.7 - ada lovelace [26/Dec/2025:16:16:29 +0000] "HEAD / HTTP/1.0" 304 - "-" "x"'],
  ['apache.access', String.raw`192.0.2.1 - - [26/Dec/2025:16:16:29 +0000] "GET /\"a\" HTTP/1.1" 200 1 "-" "say \"hi\" 200 1"`],
  ['nginx.error', '2026/02/03 04:05:06 [error] 54053#7: *42 open() "/var/www/x" failed (2: No such file or directory), client: 192.0.2.1, server: shop, request: "GET /x HTTP/1.1"'],
  ['nginx.error', '2026/02/03 04:05:06 [crit] 1#1: a\n  at b\n  at c'],
  ['apache.error', '[Mon Dec 26 16:22:08 2025] [error] [client 192.0.2.33] File does not exist: /var/www/favicon.ico'],
  ['apache.error', '[Mon Dec 26 16:15:55.103786 2025] [core:notice] [pid 11379:tid 4328636416] AH00094: Command line: httpd'],
  ['apache.error', '[Thu Jun 27 06:58:09.169510 2025] [include:warn] [pid 15934] [client 198.51.100.12:12345] AH01374: mod_include: x]'],
  ['syslog.rfc5424', String.raw`<165>1 2026-10-11T22:14:15.003Z web1 evntslog 8710 ID47 [a@32473 iut="3" text="say \"hi\" \] "][b@32473] An event`],
  ['syslog.rfc5424', '<11>1 2026-10-11T22:14:15+02:00 - - - - - x'],
  ['syslog.rfc3164', "<34>Oct  7 22:14:15 mymachine su[231]: 'su root' failed"],
  ['syslog.rfc3164', 'Oct 17 22:14:15 h kernel: [12.5] up'],
]
for (const kind of ['access', 'error']) {
  const file = join(data, `apache_${kind}.log`)
  if (existsSync(file)) for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) lines.push([`apache.${kind}`, line])
}

type Fields = Readonly<Record<string, string>>

/** What grok finds, field by field; undefined where the expression does not match. */
async function grok(asked: readonly (readonly [pattern: string, text: string])[]): Promise<(Fields | undefined)[]> {
  const { command, env } = await javaProgram({ directory: path(`${root}stack/elasticsearch`), needs: 'Elasticsearch (about 45 MB, the first time only)', main: 'none' })
  const java = spawn(command, [path('logstash/GrokLines.java'), patterns], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
  java.stdin.end(asked.map(([pattern, line]) => `${pattern} ${Buffer.from(line).toString('base64')}\n`).join(''))
  const answers = (await text(java.stdout)).split('\n').slice(0, -1)
  return answers.map((answer) => (answer === '-' ? undefined : Object.fromEntries(answer.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), Buffer.from(pair.slice(pair.indexOf('=') + 1), 'base64').toString()]))))
}

/** What log-indexer says of a line, under the names that the pipeline's expressions give. */
function expected({ http, url, user, user_agent: agent, source, process: its, log, apache, nginx, host, message }: EcsDocument): Record<string, unknown> {
  return {
    'http.response.status_code': http?.response?.status_code, 'http.response.body.bytes': http?.response?.body?.bytes, 'http.request.referrer': http?.request?.referrer,
    'user_agent.original': agent?.original, 'user.name': user?.name, 'apache.access.identity': apache?.access?.identity, 'apache.error.module': apache?.error?.module, 'source.port': source?.port,
    'process.pid': its?.pid, 'process.thread.id': its?.thread?.id, 'nginx.error.connection_id': nginx?.error?.connection_id, 'log.level': log?.level, 'log.syslog.priority': log?.syslog?.priority,
    'host.hostname': host?.hostname, 'url.original': url?.original, 'http.request.method': http?.request?.method, 'http.version': http?.version, 'url.path': url?.path, 'url.query': url?.query, message,
  }
}

/** Left by the pipeline as they stand in the line, or made by filters behind the expressions. */
const differing = (format: string, field: string) =>
  (format === 'nginx.error' && /^(?:http|url)\./.test(field)) || (format === 'apache.error' && field === 'http.request.referrer') || (format.startsWith('syslog') && field === 'log.level') || (format === 'syslog.rfc5424' && field === 'process.pid')

let found: (Fields | undefined)[]
let requests: (Fields | undefined)[]
let urls: (Fields | undefined)[]
let ofNonsense: (Fields | undefined)[]

// One Java for all: it takes longer to start than to match.
beforeAll(async () => {
  const asked = lines.map(([format, line]) => {
    const request = /\] "((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? ''
    return { line: [patternOf[format] ?? '', line], request: ['SWIPE_REQUESTLINE', request], url: ['SWIPE_URL', request.split(' ')[1] ?? ''] } as const
  })
  const nonsense = Object.values(patternOf).map((pattern) => [pattern, 'nonsense'] as const)
  const answers = await grok([...asked.map(({ line }) => line), ...asked.map(({ request }) => request), ...asked.map(({ url }) => url), ...nonsense])
  const count = lines.length
  found = answers.slice(0, count)
  requests = answers.slice(count, 2 * count)
  urls = answers.slice(2 * count, 3 * count)
  ofNonsense = answers.slice(3 * count)
}, 300_000)

describe("the pipeline's expressions", () => {
  test('match every line of every format, and find what log-indexer finds', () => {
    const wrong: string[] = []
    for (const [i, [format, line]] of lines.entries()) {
      const { document } = parseEntry({ message: line, path: '/x', offset: 0, format, truncated: false }, { zone: utc, now: Date.UTC(2026, 10, 29) })
      const fields = found[i]
      if (fields === undefined) {
        wrong.push(`no match: ${line}`)
        continue
      }
      const request = requests[i]
      const all: Fields = { ...fields, ...request, ...(request !== undefined && urls[i]) }
      for (const [field, value] of Object.entries(expected(document))) {
        if (differing(format, field)) continue
        // A dash is removed, or stays, behind the expressions; what was escaped stays so.
        const got = all[field] === '-' && value === undefined ? undefined : all[field]
        const isEscaped = typeof got === 'string' && (got.includes('\\') || got.includes('%'))
        if (!isEscaped && (got === '' ? undefined : got) !== (value === undefined || value === '' ? undefined : String(value))) wrong.push(`${format} ${field}: ${got} is not ${String(value)}: ${line}`)
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(found.length).toBe(lines.length)
  })

  test('do not match what is no line of theirs', () => {
    expect(ofNonsense).toEqual(Object.values(patternOf).map(() => undefined))
  })
})

describe('the pipeline', () => {
  test('names only expressions that are there, and every one for a line is named', () => {
    const defined = readFileSync(patterns, 'utf8').split('\n').filter(Boolean).map((line) => line.slice(0, line.indexOf(' ')))
    const used = [...pipeline.matchAll(/%\{(SWIPE_\w+)\}/g)].map(([, name]) => name)
    expect(used.filter((name) => !defined.includes(String(name)))).toEqual([])
    expect(Object.values(patternOf).filter((name) => !used.includes(name))).toEqual([])
  })

  test('closes each brace and quote that it opens', () => {
    const plain = pipeline.replaceAll(/^\s*#.*$/gm, '').replaceAll(/"[^"\n]*"/g, '""').replaceAll(/\/(?:[^/\\\n]|\\.)+\/(?= \{)/g, '')
    expect(plain.match(/"/g)?.length).toBe((plain.match(/""/g)?.length ?? 0) * 2)
    for (const [open, close] of ['{}', '[]', '()']) expect(plain.split(String(open)).length, open).toBe(plain.split(String(close)).length)
  })

  test('gives documents the ids and the streams of log-indexer', () => {
    expect(pipeline).toContain('"[@metadata][id]" => "%{file_key}:%{generation}:%{offset}"')
    expect(pipeline).toContain('document_id => "%{[@metadata][id]}"')
    expect(pipeline).toContain('index => "logs-%{[event][dataset]}-${LOG_INDEX_NAMESPACE:default}"')
  })
})
