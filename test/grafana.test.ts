import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { composeFile } from './compose-file.js'
import { metricsIn, withoutSuffix } from './promql.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Panel {
  readonly id: number
  readonly title: string
  readonly datasource: { readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const { services } = composeFile()
const files = globSync('deploy/grafana/dashboards/*.json', { cwd: root }).toSorted()
const dashboards = files.map((file) => JSON.parse(read(file)) as Dashboard)
const panels = dashboards.flatMap(({ title, panels: of }) => of.map((panel) => [`${title}: ${panel.title}`, panel] as const))
const described = new Set([...read('docs/metrics.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name))
const recorded = new Set(globSync('deploy/prometheus/rules/*.yml', { cwd: root }).flatMap((file) => [...read(file).matchAll(/- record: (\S+)/g)].map(([, name = '']) => name)))
/** Prometheus' own. */
const own = new Set(['up', 'ALERTS'])

describe('the dashboards of Grafana', () => {
  it('are those that the generator makes', async () => {
    const { files: made } = (await import(join(root, 'deploy/grafana/generate.mjs'))) as { files: () => { name: string; text: string }[] }
    expect(files.map((file) => ({ name: basename(file), text: read(file) }))).toEqual(made().toSorted((a, b) => (a.name < b.name ? -1 : 1)))
  })

  it('have names of their own, and those of docs/observability.md', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(files.length)
    const page = read('docs/observability.md')
    expect(dashboards.map(({ title }) => title).filter((title) => !page.includes(`*${title}*`))).toEqual([])
  })

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))('%s lays its panels beside each other', (_, { panels: laid }) => {
    expect(new Set(laid.map(({ id }) => id)).size).toBe(laid.length)
    const cells = laid.flatMap(({ gridPos: { x, y, w } }) => Array.from({ length: w }, (__, i) => `${y} ${x + i}`))
    expect(new Set(cells).size).toBe(cells.length)
    for (const { gridPos } of laid) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
  })

  it.each(panels)('%s asks for metrics that there are, and names lines by labels that are left', (_, { targets, datasource }) => {
    expect(datasource.uid).toBe('prometheus')
    expect(targets.length).toBeGreaterThan(0)
    for (const { expr, legendFormat } of targets) {
      const asked = metricsIn(expr)
      expect(asked.length).toBeGreaterThan(0)
      expect(asked.filter((name) => !own.has(name) && !recorded.has(name) && !described.has(name) && !described.has(withoutSuffix(name)))).toEqual([])
      const left = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '))
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
      if (left.length > 0) expect(labels.filter((label) => !left.includes(label))).toEqual([])
    }
  })

  it('show what alerts look at: somebody who was called must see it', () => {
    const shown = new Set(panels.flatMap(([, { targets }]) => targets.flatMap(({ expr }) => metricsIn(expr).map(withoutSuffix))))
    const inRules = globSync('deploy/prometheus/rules/*.yml', { cwd: root }).flatMap((file) => [...read(file).matchAll(/(?:expr: |^ {10})(.+)$/gm)].flatMap(([, expr = '']) => metricsIn(expr)).map(withoutSuffix))
    expect([...new Set(inRules.filter((name) => described.has(name) && !shown.has(name)))]).toEqual([])
  })
})

describe('the data sources', () => {
  it('have the names that the dashboards use', () => {
    const { datasources } = parse(read('deploy/grafana/provisioning/datasources/swipestream.yml')) as { datasources: { uid: string }[] }
    expect(datasources.map(({ uid }) => uid)).toEqual(['prometheus', 'jaeger'])
  })

  it('are services of docker compose', () => {
    const { datasources } = parse(read('deploy/grafana/provisioning/datasources/swipestream.yml')) as { datasources: { url: string }[] }
    for (const { url } of datasources) expect(services).toHaveProperty(new URL(url).hostname)
  })
})

describe('docker compose', () => {
  const { volumes = [], environment = {} } = services['grafana'] ?? {}
  const { providers } = parse(read('deploy/grafana/provisioning/dashboards/swipestream.yml')) as { providers: { options: { path: string } }[] }
  const path = providers[0]?.options.path ?? '?'

  it('mounts what Grafana reads where it reads it', () => {
    expect(volumes.map((mount) => mount.split(':').slice(0, 2))).toEqual([
      ...['dashboards', 'datasources'].map((kind) => [`./deploy/grafana/provisioning/${kind}`, `/etc/grafana/provisioning/${kind}`]),
      ['./deploy/grafana/dashboards', path],
    ])
  })

  it('begins with a dashboard that there is', () => {
    expect(files.map((file) => `${path}/${basename(file)}`)).toContain(environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'])
  })
})
