import { describe, expect, it } from 'vitest'
import { goals as ofEtl } from './etl/goals.js'
import { goals as ofFraud } from './fraud/goals.js'
import { measured, missed, ratio } from './goals.js'
import { goals as ofMessaging } from './messaging/goals.js'
import { goals as ofNotifier } from './notifier/goals.js'

describe('goals', () => {
  it('are met at their limits', () => {
    expect(missed(ofMessaging, { eosVsRawTools: 0.5, plainVsRawTools: 0.1, vsNestTransport: 3, hopP99VsRaw: 1.5, acceptVsPgbench: 1 })).toEqual([])
    expect(missed(ofFraud, { vsKafkaStreams: 1, p99VsKafkaStreams: 1, swipeP99VsFloors: 2 })).toEqual([])
    expect(missed(ofNotifier, { vsRawNodemailer: 0.6, lost: 0, unsent: 0, mostDuplicatesByKill: 20, duplicatesUnexplained: 0 })).toEqual([])
    expect(missed(ofEtl, { snapshotVsDebezium: 2, loadVsDuckdb: 0.3, freshnessP99Ms: 5_000, changesLost: 0, extractRssGrowth: 1.3, loadRssGrowth: 1.3 })).toEqual([])
  })

  it('are missed below the least and above the most', () => {
    const named = (broken: readonly { readonly goal: string }[]) => broken.map(({ goal }) => goal)
    expect(named(missed(ofMessaging, { eosVsRawTools: 0.49, vsNestTransport: 2.9, hopP99VsRaw: 1.6, acceptVsPgbench: 0.9 }))).toEqual([
      'eosVsRawTools', 'vsNestTransport', 'hopP99VsRaw', 'acceptVsPgbench',
    ])
    expect(named(missed(ofFraud, { vsKafkaStreams: 0.99, p99VsKafkaStreams: 1.01, swipeP99VsFloors: 2.1 }))).toEqual([
      'vsKafkaStreams', 'p99VsKafkaStreams', 'swipeP99VsFloors',
    ])
    expect(named(missed(ofNotifier, { vsRawNodemailer: 0.59, lost: 1, unsent: 1, mostDuplicatesByKill: 21, duplicatesUnexplained: 1 }))).toEqual([
      'vsRawNodemailer', 'lost', 'unsent', 'mostDuplicatesByKill', 'duplicatesUnexplained',
    ])
    expect(named(missed(ofEtl, { snapshotVsDebezium: 1.9, loadVsDuckdb: 0.29, freshnessP99Ms: 5_001, changesLost: 1, extractRssGrowth: 1.31, loadRssGrowth: 1.31 }))).toEqual([
      'snapshotVsDebezium', 'loadVsDuckdb', 'freshnessP99Ms', 'changesLost', 'extractRssGrowth', 'loadRssGrowth',
    ])
  })

  it('say nothing of what was not measured', () => {
    expect(missed(ofMessaging, {})).toEqual([])
    expect([ratio(undefined, 2), ratio(2, undefined), ratio(1, 3)]).toEqual([undefined, undefined, 0.3333])
    expect(measured({ one: 1, other: undefined })).toEqual({ one: 1 })
  })
})
