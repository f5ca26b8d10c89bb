/**
 * Lens visualisations, as Kibana 8.19 keeps them: what is counted (columns), by what (buckets), and how it is drawn.
 * Conditions are in Lucene's query language.
 *
 * @typedef {{ id: string, title: string, view: string, type: string, columns: Record<string, object>, visualization: object, query?: string }} Panel
 */

const layer = 'layer'
/** @param {string} query */
const lucene = (query) => ({ language: 'lucene', query })

/** @param {string} label @param {string} [only] counts only these */
export const count = (label, only) => ({ label, customLabel: true, dataType: 'number', isBucketed: false, operationType: 'count', scale: 'ratio', sourceField: '___records___', params: { emptyAsNull: false }, ...(only && { filter: lucene(only) }) })

/** @param {'sum' | 'average' | 'max' | 'unique_count'} operationType @param {string} sourceField @param {string} label @param {string} [only] */
export const figure = (operationType, sourceField, label, only) => ({ label, customLabel: true, dataType: 'number', isBucketed: false, operationType, scale: 'ratio', sourceField, params: { emptyAsNull: true }, ...(only && { filter: lucene(only) }) })

/** @param {number} nth of a hundred @param {string} sourceField @param {string} label */
export const percentile = (nth, sourceField, label) => ({ label, customLabel: true, dataType: 'number', isBucketed: false, operationType: 'percentile', scale: 'ratio', sourceField, params: { percentile: nth } })

/** The values that are met most. @param {string} sourceField @param {number} size @param {string} orderBy a column @param {string} [dataType] */
export const top = (sourceField, label, size, orderBy, dataType = 'string') => ({
  label, customLabel: true, dataType, isBucketed: true, operationType: 'terms', scale: 'ordinal', sourceField,
  params: { size, orderBy: { type: 'column', columnId: orderBy }, orderDirection: 'desc', otherBucket: false, missingBucket: false, parentFormat: { id: 'terms' }, include: [], exclude: [], includeIsRegex: false, excludeIsRegex: false },
})

/** One for each condition. @param {readonly (readonly [string, string])[]} conditions label and query */
export const kinds = (label, conditions) => ({ label, customLabel: true, dataType: 'string', isBucketed: true, operationType: 'filters', scale: 'ordinal', params: { filters: conditions.map(([name, query]) => ({ label: name, input: lucene(query) })) } })

const time = { label: '@timestamp', dataType: 'date', isBucketed: true, operationType: 'date_histogram', scale: 'interval', sourceField: '@timestamp', params: { interval: 'auto', includeEmptyRows: true, dropPartials: false } }

/** One number. @returns {Panel} */
export const number = (id, title, view, value, query) => ({ id, title, view, query, type: 'lnsMetric', columns: { value }, visualization: { layerId: layer, layerType: 'data', metricAccessor: 'value' } })

/** Over time. @param {'bar_stacked' | 'area_percentage_stacked' | 'line'} seriesType @param {Record<string, object>} values @param {object} [split] @returns {Panel} */
export const overTime = (id, title, view, seriesType, values, split, query) => ({
  id, title, view, query, type: 'lnsXY',
  // Buckets come before what is counted in them.
  columns: { time, ...(split && { split }), ...values },
  visualization: {
    legend: { isVisible: true, position: 'right' },
    valueLabels: 'hide',
    fittingFunction: 'None',
    axisTitlesVisibilitySettings: { x: false, yLeft: false, yRight: false },
    tickLabelsVisibilitySettings: { x: true, yLeft: true, yRight: true },
    gridlinesVisibilitySettings: { x: true, yLeft: true, yRight: true },
    preferredSeriesType: seriesType,
    layers: [{ layerId: layer, layerType: 'data', seriesType, xAccessor: 'time', accessors: Object.keys(values), ...(split && { splitAccessor: 'split' }) }],
  },
})

/** Rows. @param {Record<string, object>} columns buckets first @param {string} sortBy @returns {Panel} */
export const table = (id, title, view, columns, sortBy, query) => ({
  id, title, view, query, type: 'lnsDatatable', columns,
  visualization: { layerId: layer, layerType: 'data', columns: Object.keys(columns).map((columnId) => ({ columnId })), sorting: { columnId: sortBy, direction: 'desc' }, paging: { size: 10, enabled: true } },
})

/** @param {Panel} panel */
export function lensObject({ id, title, view, type, columns, visualization, query = '' }) {
  return {
    type: 'lens',
    id,
    attributes: {
      title,
      description: '',
      visualizationType: type,
      state: {
        datasourceStates: { formBased: { layers: { [layer]: { columns, columnOrder: Object.keys(columns), incompleteColumns: {}, sampling: 1 } } } },
        visualization,
        query: lucene(query),
        filters: [],
        internalReferences: [],
        adHocDataViews: {},
      },
    },
    references: [{ type: 'index-pattern', id: view, name: `indexpattern-datasource-layer-${layer}` }],
    typeMigrationVersion: '8.9.0',
  }
}
