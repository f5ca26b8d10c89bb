import type { RuleTable } from '@swipestream/contracts'
import type { Run } from './compile.js'
import type { Feature, FeatureCatalogue, FeatureType, FeatureValues } from './feature.js'
import { Failure, isThere, type Missing } from './missing.js'

/** What a name in an expression stands for: a feature, or a table of the rule's own. */
export interface Measure {
  readonly name: string
  readonly type: FeatureType
  readonly unit: string | null
  readonly run: Run<number | string | boolean>
  /** Said of the rule when the measure is absent; undefined for one that is always there. */
  absenceNote?(values: FeatureValues): string
}

/** The measure of a catalogue's feature. */
export function featureMeasure(feature: Feature, catalogue: FeatureCatalogue): Measure {
  const { name, property, type, unit, absent } = feature
  const unreadable = (value: unknown): Missing => {
    if (value !== undefined && value !== null) return new Failure(`${name} is not a ${type === 'number' ? 'finite number' : type}`)
    return absent === undefined ? new Failure(`${name} is missing`) : undefined
  }
  const measure = { name, type, unit, run: readerOf(type, property, unreadable) }
  if (absent === undefined) return measure
  return { ...measure, absenceNote: (values) => noteOf(feature, catalogue, values) }
}

/** A reader for each type: the check of what is read costs nothing that way. */
function readerOf(type: FeatureType, property: string, unreadable: (value: unknown) => Missing): Run<number | string | boolean> {
  switch (type) {
    case 'number': return (values) => {
      const value = values[property]
      return typeof value === 'number' && Number.isFinite(value) ? value : unreadable(value)
    }
    case 'string': return (values) => {
      const value = values[property]
      return typeof value === 'string' ? value : unreadable(value)
    }
    case 'bool': return (values) => {
      const value = values[property]
      return typeof value === 'boolean' ? value : unreadable(value)
    }
  }
}

/** The note of an absent feature: its own, or that of what it is measured from when that is absent as well. */
function noteOf({ name, absent }: Feature, catalogue: FeatureCatalogue, values: FeatureValues): string {
  const source = absent?.measuredFrom === undefined ? undefined : catalogue.find(absent.measuredFrom)
  if (source?.absent !== undefined && (values[source.property] ?? undefined) === undefined) return noteOf(source, catalogue, values)
  return absent?.note ?? `no_${name}`
}

/**
 * The measure of a table: numbers by a word, such as limits by currency. The expression and the reason text know it as
 * `rule.<name>`. Absent when its word is.
 */
export function tableMeasure(table: RuleTable, by: Measure): Measure {
  const numbers = new Map(Object.entries(table.values))
  return {
    name: `rule.${table.name}`,
    type: 'number',
    unit: table.unit,
    run(values) {
      const word = by.run(values)
      return isThere(word) ? (numbers.get(word as string) ?? table.default) : word
    },
    ...(by.absenceNote === undefined ? {} : { absenceNote: by.absenceNote }),
  }
}

/** Says when a table's default was used: its note, or undefined. */
export function defaultNoteOf(table: RuleTable, by: Measure): (values: FeatureValues) => string | undefined {
  const words = new Set(Object.keys(table.values))
  const note = `default_${table.name}`
  return (values) => {
    const word = by.run(values)
    return isThere(word) && !words.has(word as string) ? note : undefined
  }
}
