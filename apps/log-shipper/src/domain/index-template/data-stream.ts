import { datasetOf, formatNames } from '../parse/formats.js'

/** What a name of a data stream may not hold; a dataset and a namespace have no dash either, which separates the parts. */
const validPart = /^[a-z0-9_.]{1,100}$/

/** @returns whether a text can be the namespace of data streams */
export function isNamespace(text: string): boolean {
  return validPart.test(text) && !text.startsWith('.')
}

/** The data stream of a data set (Elastic's naming scheme: type, dataset, namespace). */
export function dataStream(dataset: string, namespace: string): string {
  return `logs-${dataset}-${namespace}`
}

/** The data set of what the people on call are told. */
export const alertsDataset = 'ops_alerts'

/** Every data stream of a namespace. */
export function dataStreams(namespace: string): string[] {
  return [...new Set([...formatNames.map(datasetOf), alertsDataset])].map((dataset) => dataStream(dataset, namespace))
}
