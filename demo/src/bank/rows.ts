/** A value as it is given to MySQL: timestamps `YYYY-MM-DD HH:MM:SS.mmm` in UTC, times `HH:MM:SS`, decimals as text. */
export type ColumnValue = string | number | null

/** Rows of `demo/bank/schema.sql`, by table; every column that is not left to its default. */
export interface BankRows {
  customers: CustomerRow[]
  accounts: AccountRow[]
  cards: CardRow[]
  merchants: MerchantRow[]
}

export type BankTable = keyof BankRows

export type CustomerRow = Record<
  'customer_id' | 'channels' | 'created_at' | 'updated_at', string
> & Record<'given_name' | 'family_name' | 'email' | 'phone' | 'street' | 'postal_code' | 'city' | 'country' | 'language' | 'time_zone' | 'quiet_from' | 'quiet_to' | 'same_as' | 'deleted_at', string | null>

export type AccountRow = Record<'customer_id' | 'iban' | 'currency' | 'balance' | 'opened_on' | 'updated_at', string> & Record<'overdraft' | 'closed_on', string | null> & { account_id: number }

export type CardRow = Record<
  'card_id' | 'customer_id' | 'card_bin' | 'card_last4' | 'product' | 'home_country' | 'time_zone' | 'expires_on' | 'updated_at', string
> & { account_id: number; features: number; deleted_at: string | null }

export type MerchantRow = Record<'merchant_id' | 'name', string> & Record<'category_code' | 'country' | 'city' | 'latitude' | 'longitude' | 'attributes', string | null>

/** A moment as MySQL writes it, in UTC. @param ms milliseconds since the Unix epoch */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ')
}
