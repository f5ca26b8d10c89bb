import { readFile } from 'node:fs/promises'
import { currencies, minorUnitDigits } from '@swipestream/contracts/money'
import { literal } from './names.js'

/** Statements that make the views of the star schema anew, one by one: Snowflake takes no two at once. */
export async function starStatements(): Promise<string[]> {
  const sql = await readFile(new URL('../../../warehouse/star.snowflake.sql', import.meta.url), 'utf8')
  const values = currencies.map((currency) => `(${literal(currency)}, ${minorUnitDigits(currency)}, ${10 ** (4 - minorUnitDigits(currency))})`).join(', ')
  return sql
    .replace('{{currencies}}', values)
    .split(/;\n/)
    .map((statement) => statement.replaceAll(/^--.*\n/gm, '').trim())
    .filter((statement) => statement !== '')
}
