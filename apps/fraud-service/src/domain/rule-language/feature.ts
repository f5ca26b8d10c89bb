/** What a feature's value is: `number` is CEL's double. There are no whole numbers of their own: counts are doubles too. */
export type FeatureType = 'number' | 'string' | 'bool'

/** Something a rule can ask about: of the transaction, its card, its terminal. */
export interface Feature {
  /** Group and name, each snake_case, such as `card.speed_kmh`. */
  readonly name: string
  readonly type: FeatureType
  /** Unit for people (`km/h`, `s`); for money, the feature that holds the currency (`tx.currency`); null where there is none. */
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

/** A transaction's features: a value for each of the catalogue, in the catalogue's order. */
export type FeatureValues = readonly FeatureValue[]

/** Every feature a rule may name. */
export interface FeatureCatalogue {
  readonly features: readonly Feature[]
  /** Index of a feature in `features` and in `FeatureValues`; undefined for one that is not in the catalogue. */
  slotOf(name: string): number | undefined
}

/** How a name is written: group and name, snake_case. No unit is written so. */
const namePattern = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/

/**
 * A catalogue of these features, in this order.
 *
 * @throws RangeError for a name that rules could not write, that is there twice, or that refers to one not there
 */
export function catalogueOf(features: readonly Feature[]): FeatureCatalogue {
  const slots = new Map(features.map(({ name }, slot) => [name, slot]))
  if (slots.size < features.length) throw new RangeError('a feature is in the catalogue twice')
  for (const { name, unit, absent } of features) {
    if (!namePattern.test(name)) throw new RangeError(`a feature cannot be named ${name}: it is group.name, snake_case`)
    const currencyIn = unit !== null && namePattern.test(unit) ? unit : undefined
    for (const other of [currencyIn, absent?.measuredFrom]) {
      if (other !== undefined && !slots.has(other)) throw new RangeError(`the feature ${name} refers to ${other}, which is not in the catalogue`)
    }
  }
  return { features, slotOf: (name) => slots.get(name) }
}

/** The values of a catalogue from values by name; those not named are absent. For files and tests: not the fast way. */
export function valuesOf(catalogue: FeatureCatalogue, byName: Readonly<Record<string, FeatureValue>>): FeatureValues {
  for (const name of Object.keys(byName)) {
    if (catalogue.slotOf(name) === undefined) throw new RangeError(`there is no feature ${name}`)
  }
  return catalogue.features.map(({ name }) => byName[name])
}
