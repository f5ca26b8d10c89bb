import { expect, it } from 'vitest'
import type { Verdict } from './oracle/ledger.js'
import { type Observed, reportOf } from './report.js'

const clean: Verdict = { obligations: 10, lost: 0, duplicated: 0, disordered: 0, unequal: 0, unasked: 0, samples: [] }
const verdicts = { bulk: clean, outbox: clean, consumer: clean, state: clean }
const observed: Observed = {
  seed: 1, client: 'platformatic', seconds: 300, drainSeconds: 4, drained: true, faults: { consumerKilled: 3 }, failedCoordinators: 0, deaths: [], broken: [],
  handledTwice: { records: 5, of: 10 }, rssMb: {},
  judgement: { verdicts, aborted: { inputs: 1, outputs: 2, state: 3 }, hanging: 0, deadLetters: 0, offsets: [] },
}

it('breaks no promise where nothing was found', () => {
  expect(reportOf(observed)).toMatchObject({ broken: [], obligations: { bulk: 10, state: 10 }, lost: { consumer: 0 }, faults: { consumerKilled: 3 } })
})

it.each(['lost', 'duplicated', 'disordered', 'unequal', 'unasked'] as const)('says which pipeline has records %s', (finding) => {
  const judgement = { ...observed.judgement, verdicts: { ...verdicts, outbox: { ...clean, [finding]: 2, samples: ['record 1'] } } }
  expect(reportOf({ ...observed, judgement })).toMatchObject({ [finding]: { bulk: 0, outbox: 2 }, samples: ['outbox: record 1'], broken: [`outbox: 2 ${finding} of 10`] })
})

it('takes an open transaction, a dead letter, an end that nobody caused, and a standstill for broken promises', () => {
  const report = reportOf({ ...observed, drained: false, deaths: ['member-1 ended by itself'], judgement: { ...observed.judgement, hanging: 4, deadLetters: 5 } })
  expect(report.broken).toEqual([
    'member-1 ended by itself', '4 records stand behind a transaction that nobody has ended', '5 records were given up', 'not all came out: nothing moved any more',
  ])
})
