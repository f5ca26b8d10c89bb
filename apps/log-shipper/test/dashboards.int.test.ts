import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OpsAlert } from '@swipestream/contracts'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alertDocument } from '../src/domain/alert-document.js'
import { dataStream } from '../src/domain/index-template/data-stream.js'
import { parseEntry } from '../src/domain/parse/parse-entry.js'
import { utc } from '../src/domain/parse/zone.js'
import { userAgents } from '../src/domain/user-agent/user-agent.js'
import { LogIndex, type NewDocument } from '../src/elasticsearch/log-index.js'
import { uapCoreRules } from '../src/enrichment/uap-core.js'

const objects = readFileSync(new URL('../../../deploy/kibana/swipestream.ndjson', import.meta.url), 'utf8').trimEnd().split('\n').slice(0, -1).map((line) => JSON.parse(line) as SavedObject)
const data = join(process.env['SWIPESTREAM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)), 'logs')

interface Column {
  readonly operationType: string
  readonly sourceField: string
  readonly isBucketed: boolean
  readonly filter?: { readonly query: string }
  readonly params: { size: number; percentile: number; orderBy: { type: string; columnId: string }; filters: { label: string; input: { query: string } }[] }
}

interface SavedObject {
  readonly type: string
  readonly id: string
  readonly attributes: { title: string; visState: string; kibanaSavedObjectMeta: { searchSourceJSON: string }; state: { query: { query: string }; datasourceStates: { formBased: { layers: { layer: { columns: Record<string, Column>; columnOrder: string[] } } } } } }
  readonly references: readonly { type: string; id: string }[]
}

type Json = Record<string, unknown>

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ servers: ['elasticsearch'] })
  const index = new LogIndex({ url: url(), namespace: 'panels', replicas: 0, retentionDays: 7 })
  await index.prepare()
  const refused = (await index.create(documents())).filter((result) => result !== 'created')
  if (refused.length > 0) throw new Error(JSON.stringify(refused[0]))
  await index.close()
  await fetch(`${url()}/logs-*/_refresh`, { method: 'POST' })
}, 180_000)
afterAll(() => stack?.stop())

const url = () => String(stack.env['ELASTICSEARCH_URL'])

async function ask<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url()}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return (await response.json()) as T
}

/** Real logs where they are there, and some of each kind that a dashboard shows in any case. */
function documents(): NewDocument[] {
  const real = ['access', 'error'].flatMap((kind) => {
    const file = join(data, `apache_${kind}.log`)
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(0, 2_000).map((line) => [`apache.${kind}`, line] as const) : []
  })
  const made = Array.from({ length: 600 }, (_, i) => [
    ['nginx.access', `192.0.2.${i % 250} - - [03/Feb/2026:04:05:06 +0000] "GET /page/${i % 7} HTTP/1.1" ${[200, 304, 404, 503][i % 4]} ${i} "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" 0.${100 + i}`],
    ['nginx.error', `2026/02/03 04:05:06 [${i % 2 === 0 ? 'error' : 'crit'}] 7#7: *1 upstream timed out`],
    ['json', 'no line of JSON'],
  ] as const).flat()
  const context = { zone: utc, now: Date.UTC(2026, 1, 3), userAgent: userAgents(uapCoreRules), locate: () => ({ geo: { country_name: 'Germany', location: { lat: 52.5, lon: 13.4 } } }) }
  const logs = [...real, ...made].map(([format, message], i): NewDocument => {
    const { document } = parseEntry({ message, path: '/var/log/x.log', offset: i, format, truncated: false, host: 'web1', service: `shop-${i % 3}` }, context)
    return { stream: dataStream(document.event.dataset, 'panels'), id: `h/f:0:${i}`, document }
  })
  const alert: OpsAlert = { alert_id: '', service: 'shop', code: 'LOG_ERROR_RATE', severity: 'critical', subject: null, summary: 'x', count: 7, raised_at: context.now, opened_at: context.now, resolved_at: null }
  const alerts = [alert, { ...alert, resolved_at: context.now + 60_000 }].map((one, i): NewDocument => ({ stream: dataStream('ops_alerts', 'panels'), id: `alert-${i}`, document: alertDocument(one) }))
  return [...logs, ...alerts]
}

const lucene = (query: string): Json => (query === '' ? { match_all: {} } : { query_string: { query } })

/** What Lens asks Elasticsearch for: the buckets within each other, and in the innermost one a figure a column. */
function aggregationsOf(columns: Record<string, Column>, order: readonly string[]): Json {
  const [name = '', ...rest] = order
  const column = columns[name]
  if (column === undefined) return {}
  if (!column.isBucketed) return { [name]: figureOf(column), ...aggregationsOf(columns, rest) }
  return { [name]: { ...bucketsOf(column, columns), aggs: aggregationsOf(columns, rest) } }
}

function bucketsOf({ operationType, sourceField, params }: Column, columns: Record<string, Column>): Json {
  if (operationType === 'date_histogram') return { date_histogram: { field: sourceField, calendar_interval: 'month', min_doc_count: 1 } }
  if (operationType === 'filters') return { filters: { filters: Object.fromEntries(params.filters.map(({ label, input }) => [label, lucene(input.query)])) } }
  expect(operationType).toBe('terms')
  const by = params.orderBy.type === 'alphabetical' ? '_key' : columns[params.orderBy.columnId]?.operationType === 'count' ? '_count' : params.orderBy.columnId
  return { terms: { field: sourceField, size: params.size, order: { [by]: 'desc' } } }
}

function figureOf({ operationType, sourceField, filter, params }: Column): Json {
  const figures: Record<string, Json> = {
    count: { value_count: { field: '_index' } },
    sum: { sum: { field: sourceField } },
    average: { avg: { field: sourceField } },
    max: { max: { field: sourceField } },
    unique_count: { cardinality: { field: sourceField } },
    percentile: { percentiles: { field: sourceField, percents: [params.percentile] } },
  }
  const figure = figures[operationType]
  expect(figure, operationType).toBeDefined()
  return filter === undefined ? (figure as Json) : { filter: lucene(filter.query), aggs: { value: figure } }
}

/** The largest figure of each column, over all buckets. */
function figuresIn(answer: unknown, columns: Record<string, Column>, order: readonly string[]): Record<string, number> {
  const [name = '', ...rest] = order
  const column = columns[name]
  if (column === undefined) return {}
  const found = (answer as Record<string, Json>)[name] ?? {}
  if (!column.isBucketed) return { [name]: numberIn(found), ...figuresIn(answer, columns, rest) }
  const buckets = Object.values((found['buckets'] ?? {}) as Json)
  const inside = buckets.map((bucket) => figuresIn(bucket, columns, rest))
  return Object.fromEntries([[name, buckets.length], ...rest.map((one) => [one, Math.max(0, ...inside.map((figures) => figures[one] ?? 0))])])
}

function numberIn(found: Json): number {
  const { value, values } = (found['value'] !== null && typeof found['value'] === 'object' ? found['value'] : found) as { value?: number; values?: Record<string, number> }
  return value ?? Object.values(values ?? {})[0] ?? 0
}

const indexOf = ({ references }: SavedObject) => objects.find(({ id }) => references.some((reference) => reference.type === 'index-pattern' && reference.id === id))?.attributes.title
const panels = objects.filter(({ type }) => type === 'lens')

describe('a dashboard', () => {
  test.each(panels.map((panel) => [panel.attributes.title, panel] as const))('has something to show in “%s”', async (_, panel) => {
    const { query, datasourceStates } = panel.attributes.state
    const { columns, columnOrder } = datasourceStates.formBased.layers.layer
    const { aggregations } = await ask<{ aggregations: Json }>(`/${indexOf(panel)}/_search`, { size: 0, query: lucene(query.query), aggs: aggregationsOf(columns, columnOrder) })
    const figures = figuresIn(aggregations, columns, columnOrder)
    expect(Object.keys(figures).sort()).toEqual([...columnOrder].sort())
    for (const [column, figure] of Object.entries(figures)) expect(figure, column).toBeGreaterThan(0)
  })

  test.each(objects.filter(({ type }) => type === 'search').map((search) => [search.attributes.title, search] as const))('has entries in “%s”', async (_, search) => {
    const source = JSON.parse(search.attributes.kibanaSavedObjectMeta.searchSourceJSON) as { query: { query: string } }
    const { hits } = await ask<{ hits: { hits: unknown[] } }>(`/${indexOf(search)}/_search`, { query: lucene(source.query.query), sort: [{ '@timestamp': 'desc' }] })
    expect(hits.hits.length).toBeGreaterThan(0)
  })

  test('has places on the map of clients', async () => {
    const map = objects.find(({ type }) => type === 'visualization')
    const { params } = JSON.parse(String(map?.attributes.visState)) as { params: { spec: string } }
    const [{ url: source }] = (JSON.parse(params.spec) as { data: [{ url: { index: string; body: Json } }] }).data
    const { aggregations } = await ask<{ aggregations: { places: { buckets: { doc_count: number; middle: { location: { lat: number; lon: number } } }[] } } }>(`/${source.index}/_search`, source.body)
    const [place] = aggregations.places.buckets
    expect(place?.doc_count).toBeGreaterThan(50)
    expect(place?.middle.location.lat).toBeCloseTo(52.5, 1)
  })
})
