import { describe, expect, it } from 'vitest'
import { missed, ratio } from './goals.js'

describe('goals of messaging', () => {
  it('are met at their limits', () => {
    expect(missed({ eosVsRawTools: 0.5, plainVsRawTools: 0.1, vsNestTransport: 3, hopP99VsRaw: 1.5, acceptVsPgbench: 1 })).toEqual([])
  })

  it('are missed below the least and above the most', () => {
    expect(missed({ eosVsRawTools: 0.49, vsNestTransport: 2.9, hopP99VsRaw: 1.6, acceptVsPgbench: 0.9 }).map(({ goal }) => goal)).toEqual([
      'eosVsRawTools', 'vsNestTransport', 'hopP99VsRaw', 'acceptVsPgbench',
    ])
  })

  it('say nothing of what was not measured', () => {
    expect(missed({})).toEqual([])
    expect([ratio(undefined, 2), ratio(2, undefined), ratio(1, 3)]).toEqual([undefined, undefined, 0.3333])
  })
})
