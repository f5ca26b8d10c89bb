import { clientMap, dashboards, dataViews, lensPanels, searches } from './dashboards.mjs'
import { lensObject } from './lens.mjs'

const everyFormat = { 'event.duration': { id: 'duration', params: { inputFormat: 'nanoseconds', outputFormat: 'humanizePrecise', outputPrecision: 1, useShortSuffix: true, showSuffix: true } }, 'http.response.body.bytes': { id: 'bytes' } }

function dataViewObject({ id, name, title }) {
  const attributes = { title, name, timeFieldName: '@timestamp', fields: '[]', fieldAttrs: '{}', fieldFormatMap: JSON.stringify(everyFormat), runtimeFieldMap: '{}', sourceFilters: '[]', typeMeta: '{}', allowNoIndex: true }
  return { type: 'index-pattern', id, attributes, references: [], typeMigrationVersion: '8.0.0' }
}

function searchObject({ id, title, view, columns, query }) {
  const name = 'kibanaSavedObjectMeta.searchSourceJSON.index'
  const source = { query: { language: 'lucene', query }, filter: [], indexRefName: name }
  const attributes = { title, description: '', columns, sort: [['@timestamp', 'desc']], grid: {}, hideChart: true, isTextBasedQuery: false, timeRestore: false, kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) } }
  return { type: 'search', id, attributes, references: [{ type: 'index-pattern', id: view, name }], typeMigrationVersion: '8.0.0' }
}

function mapObject({ id, title, spec }) {
  const visState = { title, type: 'vega', aggs: [], params: { spec: JSON.stringify(spec, null, 2) } }
  const source = { query: { language: 'kuery', query: '' }, filter: [] }
  const attributes = { title, description: '', version: 1, uiStateJSON: '{}', visState: JSON.stringify(visState), kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) } }
  return { type: 'visualization', id, attributes, references: [], typeMigrationVersion: '8.5.0' }
}

const typeOf = (panel) => (panel === clientMap ? 'visualization' : searches.includes(panel) ? 'search' : 'lens')

function dashboardObject({ id, title, description, rows }) {
  const panels = []
  const references = []
  let y = 0
  for (const row of rows) {
    const h = row.at(-1)
    let x = 0
    for (const [panel, w] of row.slice(0, -1)) {
      const i = String(panels.length + 1)
      const type = typeOf(panel)
      panels.push({ version: '8.8.0', type, gridData: { x, y, w, h, i }, panelIndex: i, embeddableConfig: { enhancements: {} }, panelRefName: `panel_${i}` })
      references.push({ type, id: panel.id, name: `${i}:panel_${i}` })
      x += w
    }
    y += h
  }
  const attributes = {
    title, description, version: 1,
    timeRestore: true, timeFrom: 'now-1h', timeTo: 'now', refreshInterval: { pause: false, value: 10_000 },
    optionsJSON: JSON.stringify({ useMargins: true, syncColors: true, syncCursor: true, syncTooltips: false, hidePanelTitles: false }),
    panelsJSON: JSON.stringify(panels),
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify({ query: { language: 'kuery', query: '' }, filter: [] }) },
  }
  return { type: 'dashboard', id, attributes, references, typeMigrationVersion: '8.9.0' }
}

/**
 * Everything that Kibana imports, in the format of its export: one JSON object a line, and one at the end that counts.
 * The versions are those since which each type has looked so (Kibana 8.8 and 8.9); a newer one migrates them at import.
 */
export function savedObjects() {
  const objects = [...dataViews.map(dataViewObject), ...searches.map(searchObject), mapObject(clientMap), ...lensPanels.map(lensObject), ...dashboards.map(dashboardObject)]
  const lines = objects.map((object) => ({ ...object, coreMigrationVersion: '8.8.0', managed: false }))
  const summary = { exportedCount: lines.length, missingRefCount: 0, missingReferences: [], excludedObjects: [], excludedObjectsCount: 0 }
  return [...lines, summary].map((line) => `${JSON.stringify(line)}\n`).join('')
}
