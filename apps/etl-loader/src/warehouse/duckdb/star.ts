import { readFile } from 'node:fs/promises'
import { currencies, minorUnitDigits } from '@swipestream/contracts/money'
import { literal } from '../identifiers.js'

const folder = new URL('../../../warehouse/', import.meta.url)

/** Statements that make the views of the star schema, and those of the analysts' questions, anew. */
export async function starStatements(): Promise<string[]> {
  const [star, answers] = await Promise.all(['star.duckdb.sql', 'questions.duckdb.sql'].map((name) => readFile(new URL(name, folder), 'utf8')))
  const values = currencies.map((currency) => `(${literal(currency)}, ${minorUnitDigits(currency)}, ${10 ** (4 - minorUnitDigits(currency))})`).join(', ')
  return [(star as string).replace('{{currencies}}', values), answers as string]
}

/** A question, and the view that answers it. */
export interface Question {
  readonly view: string
  readonly question: string
}

/** The analysts' questions, in their order. */
export async function questions(): Promise<Question[]> {
  const sql = await readFile(new URL('questions.duckdb.sql', folder), 'utf8')
  return [...sql.matchAll(/^-- (.*)\nCREATE OR REPLACE VIEW answers\.(\w+)/gm)].map(([, question = '', view = '']) => ({ view, question }))
}
