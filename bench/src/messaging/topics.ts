import { type Topic, type Transaction, transactionsLog } from '@swipestream/contracts'

/** What the services measured write: each transaction once more, on a topic like its own. */
export const judgedLog: Topic<Transaction, 'delete'> = Object.create(transactionsLog, { name: { value: 'judged_transactions', enumerable: true } })

/** The same transactions as JSON, for the peer that reads JSON. */
export const jsonInput = 'transactions_json'
export const jsonOutput = 'judged_transactions_json'
