/** What can be set about features; changed, it holds from the next transaction on. */
export interface FeatureSettings {
  /** A transaction that is older than the card's (or terminal's) newest by more than this is not counted. */
  readonly lateBoundMs: number
  /** One whose event time is after its arrival by more than this is not counted: a terminal's clock is wrong. */
  readonly aheadBoundMs: number
  /** Greatest small amount, in reference cents. */
  readonly smallAmount: number
  /** How many names a card is remembered with. */
  readonly countries: number
  readonly merchants: number
  readonly categories: number
}

export const defaultSettings: FeatureSettings = {
  lateBoundMs: 86_400_000, aheadBoundMs: 600_000, smallAmount: 200, countries: 8, merchants: 32, categories: 16,
}
