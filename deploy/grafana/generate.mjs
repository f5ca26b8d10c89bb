// Writes dashboards/*.json anew, after a change of dashboards.mjs: node deploy/grafana/generate.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dashboards } from './dashboards.mjs'

const width = 24
const height = 8
const datasource = { type: 'prometheus', uid: 'prometheus' }
const palette = ['green', 'yellow', 'red']

/** What Grafana needs to draw each kind of panel, beside what all have. */
const kinds = {
  lines: { type: 'timeseries', options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } } },
  bars: { type: 'bargauge', instant: true, options: { orientation: 'horizontal', displayMode: 'basic', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } } },
  stat: { type: 'stat', instant: true, options: { colorMode: 'value', graphMode: 'none', textMode: 'value_and_name', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } } },
  table: { type: 'table', instant: true, options: { showHeader: true } },
}

function panelOf({ title, about = '', kind = 'lines', unit, thresholds = [], queries }, id, gridPos) {
  const { type, instant = false, options } = kinds[kind]
  const steps = [{ color: palette[0], value: null }, ...thresholds.map((value, i) => ({ color: palette[Math.min(i + 3 - thresholds.length, 2)], value }))]
  return {
    id,
    type,
    title,
    description: about,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit, min: unit === 'dateTimeFromNow' ? undefined : 0, color: { mode: thresholds.length > 0 ? 'thresholds' : 'palette-classic' }, thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options,
    targets: queries.map(([legendFormat, expr], i) => ({ refId: String.fromCharCode(65 + i), datasource, expr, legendFormat, instant, range: !instant, format: kind === 'table' ? 'table' : 'time_series' })),
  }
}

/** A variable that chooses among the services. */
const variableOf = (name) => ({
  name, type: 'query', datasource, query: { query: `label_values(up, ${name})`, refId: name }, definition: `label_values(up, ${name})`,
  refresh: 2, sort: 1, multi: true, includeAll: true, allValue: '.+', current: { text: ['All'], value: ['$__all'] },
})

/** Each dashboard's file and text. */
export function files() {
  return dashboards.map(({ uid, title, variable, rows }) => {
    const panels = rows.flatMap((row, y) => {
      const w = Math.floor(width / row.length)
      return row.map((panel, x) => ({ panel, gridPos: { x: x * w, y: y * height, w, h: height } }))
    }).map(({ panel, gridPos }, i) => panelOf(panel, i + 1, gridPos))
    const dashboard = {
      uid,
      title,
      tags: ['swipestream'],
      schemaVersion: 39,
      version: 1,
      editable: false,
      refresh: '30s',
      time: { from: 'now-1h', to: 'now' },
      timezone: 'browser',
      links: [{ type: 'dashboards', title: 'Swipestream', tags: ['swipestream'], asDropdown: true, keepTime: true, includeVars: false, targetBlank: false, icon: 'external link', tooltip: '', url: '' }],
      templating: { list: variable === undefined ? [] : [variableOf(variable)] },
      annotations: { list: [] },
      panels,
    }
    return { name: `${uid}.json`, text: `${JSON.stringify(dashboard, null, 1)}\n` }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = new URL('dashboards/', import.meta.url)
  mkdirSync(directory, { recursive: true })
  for (const { name, text } of files()) writeFileSync(new URL(name, directory), text)
}
