/** What a feature's value is: `number` is CEL's double. There are no whole numbers of their own: counts are doubles too. */
export type FeatureType = 'number' | 'string' | 'bool'

/** Something a rule can ask about: of the transaction, its card, its terminal. */
export interface Feature {
  /** Group and name, each snake_case, such as `tx.speed_kmh`. */
  readonly name: string
  /** Where its value stands in `FeatureValues`, such as `card_speed_kmh`. */
  readonly property: string
  readonly type: FeatureType
  /** Unit for people (`km/h`, `s`); of money its currency, or the feature that holds it (`tx.currency`); null where there is none. */
  readonly unit: string | null
  /** What it measures, in one sentence. */
  readonly meaning: string
  /** Set when a transaction may be without it. */
  readonly absent?: Absence
}

export interface Absence {
  /** What is said of a rule that had to do without it, snake_case, such as `no_earlier_place`. */
  readonly note: string
  /** The feature it is measured from: when that is absent as well, that one's note is said instead (`no_place`). */
  readonly measuredFrom?: string
}

/** A value by feature; undefined is absent, and so is null. */
export type FeatureValue = number | string | boolean | undefined | null

/** A transaction's features, by their properties. Made with the same properties in the same order each time, it is fast to read. */
export type FeatureValues = Readonly<Record<string, FeatureValue>>

/** Every feature a rule may name. */
export interface FeatureCatalogue {
  readonly features: readonly Feature[]
  find(name: string): Feature | undefined
}

/** How a name is written: group and name, snake_case. No unit is written so. */
const namePattern = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/

/**
 * A catalogue of these features, in this order.
 *
 * @throws RangeError for a name that rules could not write, that is there twice, or that refers to one not there
 */
export function catalogueOf(features: readonly Feature[]): FeatureCatalogue {
  const byName = new Map(features.map((feature) => [feature.name, feature]))
  if (byName.size < features.length) throw new RangeError('a feature is in the catalogue twice')
  for (const { name, unit, absent } of features) {
    if (!namePattern.test(name)) throw new RangeError(`a feature cannot be named ${name}: it is group.name, snake_case`)
    const currencyIn = unit !== null && namePattern.test(unit) ? unit : undefined
    for (const other of [currencyIn, absent?.measuredFrom]) {
      if (other !== undefined && !byName.has(other)) throw new RangeError(`the feature ${name} refers to ${other}, which is not in the catalogue`)
    }
  }
  return { features, find: (name) => byName.get(name) }
}

/** The values of a catalogue from values by name; those not named are absent. For files and tests: not the fast way. */
export function valuesOf(catalogue: FeatureCatalogue, byName: Readonly<Record<string, FeatureValue>>): FeatureValues {
  for (const name of Object.keys(byName)) {
    if (catalogue.find(name) === undefined) throw new RangeError(`there is no feature ${name}`)
  }
  return Object.fromEntries(catalogue.features.map(({ name, property }) => [property, byName[name]]))
}
