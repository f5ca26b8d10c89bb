import { cleanCard, type Cleaned, cleanCustomer, cleanMerchant } from '../domain/bank/clean.js'
import type { BankTable, CardRow, CustomerRow, MerchantRow, SourceRows } from '../domain/bank/source-rows.js'
import { readPhone } from '../phone/read-phone.js'

/** @param madeAt when the record was made, milliseconds since the Unix epoch @throws RowRefused */
export function cleaned<T extends BankTable>(table: T, row: SourceRows[T], madeAt: number | null): Cleaned<unknown> {
  switch (table) {
    case 'cards':
      return cleanCard(row as CardRow, madeAt)
    case 'customers':
      return cleanCustomer(row as CustomerRow, madeAt, readPhone)
    default:
      return cleanMerchant(row as MerchantRow, madeAt)
  }
}
